#!/usr/bin/python3
# SPDX-License-Identifier: MPL-2.0
"""What bindings and the reference are made from: whole, documented, and without a warning.

    python3 test_gir.py BUILD-DIRECTORY
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import textwrap
import unittest
import xml.etree.ElementTree

from floe_pair import main

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(sys.argv.pop()).resolve()
GIR = BUILD / "src" / "introspection" / "Floe-1.0.gir"

CORE = "{http://www.gtk.org/introspection/core/1.0}"
GLIB = "{http://www.gtk.org/introspection/glib/1.0}"
CALLABLE = {"function", "method", "constructor", "virtual-method", "signal"}
VERSIONED = (CALLABLE | {"class", "interface", "record", "enumeration", "property"})
DOCUMENTED = VERSIONED | {"member", "parameter", "constant"}


def tag(element):
    return element.tag.replace(CORE, "").replace(GLIB, "")


def walk(element, path=()):
    """All symbols below an element, each with the names of what it is in."""
    for child in element:
        name = child.get("name")
        below = path + ((name,) if name else ())
        # The structs of classes and interfaces have nothing for an application.
        if tag(child) == "record" and child.get(GLIB + "is-gtype-struct-for"):
            continue
        # The C-only form of a function that bindings have by the same name.
        if child.get("shadowed-by"):
            continue
        yield child, below
        yield from walk(child, below)


class Gir(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.namespace = xml.etree.ElementTree.parse(GIR).getroot().find(CORE + "namespace")
        cls.symbols = list(walk(cls.namespace))

    def symbols_of(self, kinds):
        return [(one, path) for one, path in self.symbols if tag(one) in kinds]

    def test_documents_every_symbol_and_parameter(self):
        self.assertGreater(len(self.symbols_of(DOCUMENTED)), 500)
        missing = [".".join(path) for one, path in self.symbols_of(DOCUMENTED)
                   if one.find(CORE + "doc") is None]
        self.assertEqual(missing, [])

    def test_documents_what_is_returned(self):
        missing = [".".join(path) for one, path in self.symbols_of(CALLABLE)
                   for returned in one.findall(CORE + "return-value")
                   if returned.find(CORE + "doc") is None
                   and returned.find(CORE + "type") is not None
                   and returned.find(CORE + "type").get("name") != "none"]
        self.assertEqual(missing, [])

    def test_says_since_when_there_is_what_there_is(self):
        missing = [".".join(path) for one, path in self.symbols_of(VERSIONED)
                   if one.get("version") is None]
        self.assertEqual(missing, [])

    def test_keeps_nothing_from_bindings(self):
        hidden = [".".join(path) for one, path in self.symbols
                  if one.get("introspectable") == "0"]
        self.assertEqual(hidden, [])

    def test_has_a_type_for_every_pointer(self):
        untyped = [".".join(path) for one, path in self.symbols
                   if tag(one) in ("parameter", "property", "return-value")
                   and one.find(CORE + "type") is not None
                   and one.find(CORE + "type").get("name") in ("gpointer", "GLib.PtrArray",
                                                               "GLib.List", "GLib.HashTable")
                   and one.get("name") != "user_data"]
        self.assertEqual(untyped, [])

    def test_says_what_is_in_arrays_and_how_long_they_are(self):
        wrong = []
        for one, path in self.symbols:
            array = one.find(CORE + "array")
            if array is None or tag(one) == "field":
                continue
            element = array.find(CORE + "type")
            is_bounded = (array.get("name") == "GLib.PtrArray" or array.get("length")
                          or array.get("zero-terminated") != "0")
            if element is None or element.get("name") == "gpointer" or not is_bounded:
                wrong.append(".".join(path))
            # gjs takes these for structs by value, and copies nothing.
            if (array.get("name") == "GLib.PtrArray" and tag(one) == "parameter"
                    and self.is_record(element)):
                wrong.append(".".join(path) + " is a GPtrArray of records and goes in")
        self.assertEqual(wrong, [])

    def is_record(self, element):
        return any(one.get("name") == element.get("name")
                   for one in self.namespace.findall(CORE + "record"))

    def test_says_how_long_each_callback_lives(self):
        unscoped = [".".join(path) for one, path in self.symbols_of({"parameter"})
                    if one.find(CORE + "type") is not None
                    and one.find(CORE + "type").get("name", "").endswith("Callback")
                    and not (one.get("scope") and one.get("closure"))]
        self.assertEqual(unscoped, [])

    def test_has_a_finish_for_every_async(self):
        names = {one.get("{http://www.gtk.org/introspection/c/1.0}identifier")
                 for one, _ in self.symbols_of(CALLABLE)}
        begun = {name for name in names if name and name.endswith("_async")}
        self.assertGreaterEqual(len(begun), 8)
        self.assertEqual({name for name in begun
                          if name.replace("_async", "_finish") not in names}, set())


class Tools(unittest.TestCase):
    def scanner_command(self):
        """How the build calls g-ir-scanner."""
        ninja = (BUILD / "build.ninja").read_text("utf-8")
        return next(line for line in ninja.splitlines()
                    if "COMMAND =" in line and "g-ir-scanner" in line and "Floe" in line)

    def test_g_ir_scanner_is_asked_for_all_warnings_and_fails_for_one(self):
        command = self.scanner_command()
        self.assertIn("--warn-all", command)
        self.assertIn("--warn-error", command)

    def test_gi_docgen_fails_when_documentation_is_missing(self):
        if shutil.which("gi-docgen") is None:
            self.skipTest("gi-docgen is not installed")
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            config = (ROOT / "docs" / "reference" / "floe.toml.in").read_text("utf-8")
            (folder / "floe.toml").write_text(config.replace("@VERSION@", "0"), "utf-8")
            text = GIR.read_text("utf-8")
            self.assertEqual(self.docgen(folder, text), 0)
            start = text.index('<method name="restart_ice"')
            without = re.sub(r"<doc .*?</doc>", "", text[start:], count=1, flags=re.S)
            self.assertNotEqual(self.docgen(folder, text[:start] + without), 0)

    @staticmethod
    def docgen(folder, text):
        (folder / "Floe-1.0.gir").write_text(text, "utf-8")
        environment = {name: value for name, value in os.environ.items() if name != "G_DEBUG"}
        return subprocess.run(
            ["gi-docgen", "check", "--fatal-warnings", "--config", folder / "floe.toml",
             folder / "Floe-1.0.gir"], capture_output=True, env=environment, check=False).returncode

    def test_the_vapi_has_async_methods_and_an_error_domain(self):
        vapi = (GIR.parent / "floe-1.0.vapi").read_text("utf-8")
        self.assertIn("public errordomain Error {", vapi)
        self.assertRegex(vapi, r"public errordomain Error \{\s+INVALID_STATE,")
        self.assertIn("public async bool set_local_description_async (", vapi)
        self.assertEqual(re.findall(r"void \w+_(?:async|finish) \(.*", vapi), [])


class Pages(unittest.TestCase):
    """The programs on the pages of the reference are those that were run."""

    def test_show_the_samples_and_nothing_else(self):
        for page, language, samples in (("python", "python", ("chat.py", "chat_await.py")),
                                        ("javascript", "js", ("chat.js",)),
                                        ("vala", "vala", ("chat.vala",))):
            text = (ROOT / "docs" / "reference" / f"{page}.md").read_text("utf-8")
            blocks = re.findall(rf"^```{language}\n(.*?)^```$", text, re.S | re.M)
            bodies = [self.body(ROOT / "samples" / "bindings" / name) for name in samples]
            self.assertEqual(blocks[:1], bodies[:1], page)
            for block in blocks:
                self.assertTrue(any(self.is_within(block, body) for body in bodies),
                                f"{page}: no sample has\n{block}")

    def test_are_in_the_reference(self):
        config = (ROOT / "docs" / "reference" / "floe.toml.in").read_text("utf-8")
        for page in ("python", "javascript", "vala"):
            self.assertIn(f'"{page}.md"', config)

    @staticmethod
    def is_within(block, body):
        return textwrap.dedent(block).strip() in textwrap.dedent(body)

    @staticmethod
    def body(path):
        """A program without the comment that it begins with."""
        text = path.read_text("utf-8")
        first = {".py": "import gi\n", ".js": "import ", ".vala": "/* Tells each"}[path.suffix]
        return text[text.index(first):]


if __name__ == "__main__":
    main()
