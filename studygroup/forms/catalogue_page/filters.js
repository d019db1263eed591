function (settings) {
  // Puts a list of kinds, sections and lists beside the search field. A cell holds escaped HTML; it is compared as it is, and
  // shown as the text of a document that runs nothing and loads nothing.
  // Called with every draw, as itables loses initComplete; only the first has something to do.
  const table = this.api();
  const search = table.table().container().querySelector(".dt-search");
  if (search === null || search.parentElement.querySelector(".sg-filters") !== null) return;
  const toText = (cell) => new DOMParser().parseFromString(cell, "text/html").body.textContent;
  const row = document.createElement("div");
  row.className = "sg-filters";
  for (const [label, name, split] of [["Kind", "Kind", false], ["Section", "Section", false], ["List", "Lists", true]]) {
    const column = table.column(name + ":name");
    const partsOf = (cell) => (split ? cell.split(", ") : [cell]).filter((part) => part !== "");
    const counts = new Map();
    for (const cell of column.data().toArray()) {
      for (const part of partsOf(cell)) counts.set(part, (counts.get(part) || 0) + 1);
    }
    const field = document.createElement("label");
    const choice = document.createElement("select");
    choice.setAttribute("aria-label", label);
    choice.append(new Option("all", ""));
    for (const part of [...counts.keys()].sort((one, other) => toText(one).localeCompare(toText(other)))) {
      choice.append(new Option(toText(part) + " (" + counts.get(part) + ")", part));
    }
    choice.addEventListener("change", () => {
      const wanted = choice.value;
      const fits = (shown, data) => partsOf(data[column.index()]).includes(wanted);
      column.search.fixed("chosen", wanted === "" ? null : fits);
      table.draw();
    });
    field.append(label + " ", choice);
    row.append(field);
  }
  search.parentElement.insertBefore(row, search.nextSibling);
}
