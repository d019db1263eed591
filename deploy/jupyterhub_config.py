# The members' page as a service of a JupyterHub: these lines go into the hub's own configuration.
# In the workbook's pyproject.toml: page_address = "https://hub.example.org", the hub's own address.
# studygroup[web,hub] may be in an environment of its own: name its program in "command".
c = get_config()  # noqa: F821

c.JupyterHub.services = [
    {
        "name": "members",
        "url": "http://127.0.0.1:8321",
        "command": ["studygroup", "serve", "--hub"],
        "cwd": "/srv/studygroup/book",
        # Whoever may use the page is not asked once more whether it may know their name.
        "oauth_no_confirm": True,
    }
]
c.JupyterHub.load_roles = [
    # All users of the hub may open the page; the group's roster says who of them is a member.
    {"name": "user", "scopes": ["self", "access:services!service=members"]}
]
