# SPDX-License-Identifier: MPL-2.0
"""What a GIR says of the interface that compiled programs and bindings rely on, a fact a line:
signatures with ownership, values of enumerations, members of visible structs in their order,
properties and signals. Documentation, and where things are declared, is not part of it."""

import xml.etree.ElementTree as ElementTree

CORE = "{http://www.gtk.org/introspection/core/1.0}"
C = "{http://www.gtk.org/introspection/c/1.0}"
GLIB = "{http://www.gtk.org/introspection/glib/1.0}"
CALLABLES = [CORE + name for name in ("function", "method", "constructor")]


def describe(gir):
    """The sorted lines of a GIR, which is given as text."""
    namespace = ElementTree.fromstring(gir).find(CORE + "namespace")
    lines = []
    for element in namespace:
        kind = element.tag.replace(CORE, "")
        lines += DESCRIBERS.get(kind, lambda element: [])(element)
        lines += [function(one) for one in element.iter() if one.tag in CALLABLES]
    return sorted(set(lines))


def type_of(element):
    """The C type of a parameter, result, member or property; bindings' name where there is none."""
    for tag in ("type", "array"):
        found = element.find(CORE + tag)
        if found is not None:
            inner = found.find(CORE + "type")
            of_what = f" of {inner.get('name')}" if inner is not None else ""
            return found.get(C + "type", found.get("name", tag)) + of_what
    if element.find(CORE + "varargs") is not None:
        return "..."
    return callback(element.find(CORE + "callback"))


def ownership(element):
    words = [element.get("transfer-ownership", "none")]
    words += [name for name in ("nullable", "optional") if element.get(name) == "1"]
    if element.get("direction", "in") != "in":
        words.append(element.get("direction"))
    if element.get("scope"):
        words.append("scope " + element.get("scope"))
    return " ".join(words)


def signature(element):
    parameters = []
    for group in element.findall(CORE + "parameters"):
        for one in group:
            parameters.append(f"{type_of(one)} {one.get('name')} [{ownership(one)}]")
    if element.get("throws") == "1":
        parameters.append("GError** error")
    result = element.find(CORE + "return-value")
    return f"({', '.join(parameters)}) -> {type_of(result)} [{ownership(result)}]"


def callback(element):
    return "callback " + signature(element)


def function(element):
    return f"function {element.get(C + 'identifier')} {signature(element)}"


def enumeration(element):
    return [f"value {element.get(C + 'type')} {member.get(C + 'identifier')} = {member.get('value')}"
            f" '{member.get(GLIB + 'nick', '')}'" for member in element.findall(CORE + "member")]


def struct(element):
    name = element.get(C + "type")
    fields = [f"{type_of(field)} {field.get('name')}" for field in element.findall(CORE + "field")]
    return [f"struct {name} {{ {'; '.join(fields)} }}"] if fields else [f"struct {name} (opaque)"]


def object_type(element):
    name = element.get(C + "type")
    words = [element.get("parent", "")] if element.get("parent") else []
    words += ["abstract"] if element.get("abstract") == "1" else []
    words += sorted("implements " + one.get("name") for one in element.findall(CORE + "implements"))
    lines = [f"type {name}: {', '.join(words)}"]
    for one in element.findall(CORE + "property"):
        flags = [flag for flag in ("writable", "construct", "construct-only")
                 if one.get(flag) == "1"]
        flags += ["not readable"] if one.get("readable") == "0" else []
        lines.append(f"property {name}:{one.get('name')} {type_of(one)} [{' '.join(flags)}]")
    for one in element.findall(GLIB + "signal"):
        flags = [flag for flag in ("detailed", "action") if one.get(flag) == "1"]
        lines.append(" ".join([f"signal {name}::{one.get('name')} {signature(one)}"] + flags))
    return lines


def callback_type(element):
    return [f"callback {element.get(C + 'type')} {signature(element)}"]


def constant(element):
    # The version is no promise.
    name = element.get(C + "type")
    return [] if "VERSION" in name else [f"constant {name} = {element.get('value')}"]


DESCRIBERS = {"enumeration": enumeration, "bitfield": enumeration, "record": struct,
              "class": object_type, "interface": object_type, "callback": callback_type,
              "constant": constant}
