(() => {
  const orders = [...document.querySelectorAll("article.order")];
  const asked = document.querySelector("#ask-order");
  const told = document.querySelector("#asked-order");
  const open = () => {
    const id = decodeURIComponent(location.hash.slice(1));
    for (const order of orders) order.hidden = order.id !== id;
    const found = orders.find((order) => order.id === id);
    if (!found) return;
    found.scrollIntoView();
    asked.value = id.replace(/^order-/, "");
    told.textContent = "";
  };
  asked?.addEventListener("change", () => {
    const id = "order-" + asked.value.trim();
    if (orders.some((order) => order.id === id)) location.hash = id;
    else told.textContent = "Not among the orders told of here; the tables written by --out have every order.";
  });
  addEventListener("hashchange", open);
  open();
})();
