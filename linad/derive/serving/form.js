
// -- the form -----------------------------------------------------------------------------------------------------
// What is typed is sent to the server as it stands; here nothing is read or evaluated.

const byId = (id) => document.getElementById(id);
const equations = byId("equations"), list = byId("matrices"), result = byId("result");
let asked = 0; // counts requests: the answer to an older one is dropped

async function post(path, content) {
  try {
    const response = await fetch(path, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(content),
    });
    return await response.json();
  } catch {
    return { error: { field: "", fact: "The server does not answer: it may have been ended.", remedies: [] } };
  }
}

// -- matrices -----------------------------------------------------------------------------------------------------

const rows = () => [...list.children];
const input = (row, name) => row.querySelector(`[name="${name}"]`);

function content() {
  const matrices = rows().map((row) => ({
    name: row.dataset.name,
    rows: input(row, "rows").value.trim(),
    columns: input(row, "columns").value.trim(),
    structure: input(row, "structure").value,
    given: input(row, "given").checked,
  }));
  return { name: byId("name").value.trim(), equations: equations.value, matrices };
}

function row(matrix) {
  const made = byId("row").content.cloneNode(true).firstElementChild;
  const name = matrix.name;
  made.dataset.name = name;
  made.querySelector(".of").textContent = name;
  input(made, "given").checked = matrix.given;
  input(made, "given").setAttribute("aria-label", `${name} is given`);
  input(made, "rows").setAttribute("aria-label", `rows of ${name}`);
  input(made, "columns").setAttribute("aria-label", `columns of ${name}`);
  input(made, "structure").setAttribute("aria-label", `structure of ${name}`);
  for (const key of ["rows", "columns", "structure"]) if (matrix[key]) input(made, key).value = matrix[key];
  input(made, "given").addEventListener("change", () => { made.dataset.chosen = "yes"; });
  return made;
}

function show(matrices) { // rows that are there keep what was chosen in them
  const old = new Map(rows().map((own) => [own.dataset.name, own]));
  list.replaceChildren(...matrices.map((matrix) => {
    const own = old.get(matrix.name) ?? row(matrix);
    if (!own.dataset.chosen) input(own, "given").checked = matrix.given;
    return own;
  }));
  document.querySelector(".empty").hidden = matrices.length > 0;
}

async function read() {
  const own = ++asked;
  if (!equations.value.trim()) { show([]); return false; }
  const answer = await post("/read", { equations: equations.value });
  if (own !== asked) return false;
  clear();
  if (answer.error) { point(answer.error, false); return false; }
  show(answer.matrices);
  return true;
}

// -- errors -------------------------------------------------------------------------------------------------------

function clear() {
  for (const box of document.querySelectorAll(".error[role]")) { box.hidden = true; box.replaceChildren(); }
  for (const field of document.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
}

function place(field) { // where an error is shown, and the control that it is about
  const [, number, key] = field.match(/^matrices\.(\d+)(?:\.(\w+))?$/) ?? [];
  if (number !== undefined && rows()[number]) {
    const own = rows()[number];
    return [own, key && input(own, key)];
  }
  const own = [...document.querySelectorAll(".field")].find((one) => one.dataset.field === field);
  return own ? [own, own.querySelector("textarea, input:not([type=checkbox])")] : place("");
}

function point(error, focus) {
  const [own, control] = place(error.field);
  const box = own.querySelector(".error");
  box.replaceChildren(error.fact);
  if (error.shown) {
    const pre = document.createElement("pre");
    pre.textContent = error.shown.replace(/^ {2}/gm, "");
    box.append(pre);
  }
  if (error.remedies?.length) {
    const remedies = document.createElement("ul");
    for (const text of error.remedies) {
      const item = document.createElement("li");
      item.textContent = text;
      remedies.append(item);
    }
    box.append(remedies);
  }
  box.hidden = false;
  if (!control) return;
  control.setAttribute("aria-invalid", "true");
  if (!focus) return;
  control.focus();
  if (control === equations && error.length) {
    const units = (count) => [...equations.value].slice(0, count).join("").length; // of characters
    equations.setSelectionRange(units(error.start), units(error.start + error.length));
  }
}

// -- asking -------------------------------------------------------------------------------------------------------

async function derive() {
  if (!(await read())) {
    if (!equations.value.trim()) point({ field: "equations", fact: "There is no equation." }, true);
    return;
  }
  const own = ++asked, form = content(), button = document.querySelector(".primary");
  button.disabled = true;
  result.setAttribute("aria-busy", "true");
  byId("after").hidden = true;
  const answer = await post("/derive", form);
  button.disabled = false;
  result.setAttribute("aria-busy", "false");
  if (own !== asked) return;
  byId("verdict").replaceChildren();
  if (answer.error) {
    byId("derived").replaceChildren();
    point(answer.error, true);
    return;
  }
  byId("derived").innerHTML = answer.html;
  const waiting = document.createElement("p");
  waiting.className = "waiting";
  waiting.textContent = "Trying the rule on numbers \u2026";
  byId("verdict").replaceChildren(waiting);
  if (matchMedia("(max-width: 60rem)").matches) result.scrollIntoView();
  const tried = await post("/verify", form);
  if (own !== asked) return;
  if (tried.error) waiting.textContent = `Not tried on numbers: ${tried.error.fact}`;
  else byId("verdict").innerHTML = tried.html;
  byId("after").hidden = false;
  byId("save").onclick = () => save(form);
}

async function save(form) {
  const answer = await post("/page", form);
  if (answer.error) { point(answer.error, true); return; }
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([answer.html], { type: "text/html" }));
  link.download = `${form.name}.html`;
  link.click();
  URL.revokeObjectURL(link.href);
}

let pause;
equations.addEventListener("input", () => {
  clearTimeout(pause);
  pause = setTimeout(read, 350);
  equations.rows = Math.min(8, Math.max(2, equations.value.split("\n").length));
});
byId("form").addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(pause);
  derive();
});
byId("form").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) byId("form").requestSubmit();
});
document.querySelector(".examples").addEventListener("click", (event) => {
  const button = event.target.closest(".example");
  if (!button) return;
  const form = JSON.parse(button.dataset.form);
  byId("name").value = form.name;
  equations.value = form.equations;
  equations.dispatchEvent(new Event("input"));
  list.replaceChildren(...form.matrices.map((matrix) => {
    const made = row(matrix);
    made.dataset.chosen = "yes";
    return made;
  }));
  clearTimeout(pause);
  derive();
});
