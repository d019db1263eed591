// The token stands behind the #, which browsers send nowhere: it goes to this page's own host alone, and only the button uses it.
const element = (id) => document.getElementById(id);

function show(id) {
  element("wait").hidden = true;
  element(id).hidden = false;
}

async function look() {
  const token = location.hash.slice(1);
  if (!token) {
    show("none");
    return;
  }
  const answer = await fetch("/join/who", { method: "POST", body: token, headers: { "content-type": "text/plain" } });
  if (answer.status === 200) {
    const who = await answer.json();
    if (who.here) {
      location.replace("/");
      return;
    }
    element("name").textContent = who.name;
    element("go").textContent = `Continue as ${who.name}`;
    element("token").value = token;
    show("join");
  } else {
    // The plain page that says what to do.
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    document.querySelector("h1").textContent = page.querySelector("h1").textContent;
    element("none").textContent = page.querySelector("main p:last-of-type").textContent;
    show("none");
  }
}

async function start() {
  try {
    await look();
  } catch {
    element("wait").textContent = "The page cannot be reached. Look at your connection, then load this page again.";
  }
}

window.addEventListener("hashchange", () => location.reload());
start();
