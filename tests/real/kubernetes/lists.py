"""Many objects: chosen by labels and fields, page by page, removed together."""

from asking import core


def settings(name, **labels):
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "labels": labels}}


def filled(on):
    here = core(on.space, "configmaps")
    for number in range(6):
        labels = {"set": "six", "parity": "even" if number % 2 == 0 else "odd"}
        if number == 0:
            labels["first"] = ""
        on.create(here, settings(f"item-{number}", **labels))
    return here


def chosen(on, label, here, **query):
    """Asks for a list, and writes down which it names."""
    status, found = on.send("GET", here, **query)
    names = [it["metadata"]["name"] for it in found.get("items", [])] if isinstance(found, dict) else []
    on.note(label, {"status": status, "names": [it for it in names if it != "kube-root-ca.crt"]})
    return found


def labels_choose(on):
    here = filled(on)
    for selector in (
        "parity=even",
        "parity==odd",
        "parity!=odd,set",
        "first",
        "!first,set=six",
        "parity in (even,odd),first",
        "parity notin (even),set=six",
        "set=six,parity=none",
        "first=",
    ):
        chosen(on, selector, here, labelSelector=selector)
    on.ask("nonsense", "GET", here, labelSelector="a b", only=["reason", "code"])


def fields_choose(on):
    here = filled(on)
    chosen(on, "by name", here, fieldSelector="metadata.name=item-3")
    chosen(on, "not by name", here, fieldSelector="metadata.name!=item-3", labelSelector="set=six")
    chosen(on, "by namespace, everywhere", "/api/v1/configmaps", fieldSelector=f"metadata.namespace={on.space}")
    on.ask("by what is no field", "GET", here, fieldSelector="data.a=1", only=["reason", "code", "message"])


def a_list_is_of_its_type_and_leaves_out_the_type_of_each(on):
    here = filled(on)
    found = on.ask("list", "GET", here, only=["kind", "apiVersion"], labelSelector="first")
    item = found["items"][0]
    on.note("each", {"kind": item.get("kind"), "apiVersion": item.get("apiVersion")})
    on.note("its version", {"is text": found["metadata"]["resourceVersion"].isdigit()})
    chosen(on, "of a namespace that is not", core("nowhere", "configmaps"))
    chosen(on, "everywhere", "/api/v1/configmaps", labelSelector="set=six,first")


def a_long_list_comes_in_pages(on):
    here = filled(on)
    query, sizes, left = {"limit": "4", "labelSelector": "set=six"}, [], []
    while True:
        _, found = on.send("GET", here, **query)
        sizes.append([it["metadata"]["name"] for it in found["items"]])
        left.append(found["metadata"].get("remainingItemCount"))
        if not found["metadata"].get("continue"):
            break
        query["continue"] = found["metadata"]["continue"]
    on.note("pages", {"names": sizes, "left": left})
    _, page = on.send("GET", here, limit="2")
    on.note("how many are left is said where nothing is chosen", {"left": page["metadata"].get("remainingItemCount")})
    on.ask("a page that nobody gave", "GET", here, limit="2", **{"continue": "nonsense"}, only=["reason", "code"])


def all_that_are_chosen_are_removed_together(on):
    here = filled(on)
    on.ask("dry", "DELETE", here, labelSelector="parity=even", dryRun="All", only=["kind"])
    chosen(on, "still there", here)
    on.ask("remove", "DELETE", here, labelSelector="parity=even", only=["kind"])
    chosen(on, "left", here)
    on.ask("nothing to remove", "DELETE", here, labelSelector="parity=even", only=["kind", "items"])
