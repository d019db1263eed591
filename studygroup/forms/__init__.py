"""Forms for JupyterLab, of plain ipywidgets; nothing but notebooks imports them."""
