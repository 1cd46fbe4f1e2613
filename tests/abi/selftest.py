#!/usr/bin/python3
# SPDX-License-Identifier: MPL-2.0
"""The comparison notices what it is there for: each change of a small interface is one difference."""

import sys
import unittest

sys.dont_write_bytecode = True
import abi  # noqa: E402
import interface  # noqa: E402

GIR = """<repository xmlns="http://www.gtk.org/introspection/core/1.0"
  xmlns:c="http://www.gtk.org/introspection/c/1.0"
  xmlns:glib="http://www.gtk.org/introspection/glib/1.0"><namespace name="Floe">
  <enumeration c:type="FloeSize">
    <member c:identifier="FLOE_SIZE_SMALL" value="0" glib:nick="small"/>
    <member c:identifier="FLOE_SIZE_LARGE" value="1" glib:nick="large"/>
  </enumeration>
  <record c:type="FloeThingClass">
    <field name="parent_class"><type name="GObject.ObjectClass" c:type="GObjectClass"/></field>
    <field name="grow"><callback name="grow"><return-value transfer-ownership="none">
      <type name="none" c:type="void"/></return-value></callback></field>
  </record>
  <class c:type="FloeThing" parent="GObject.Object">
    <method c:identifier="floe_thing_get_name" throws="1"><doc>Words.</doc>
      <return-value transfer-ownership="full"><type name="utf8" c:type="char*"/></return-value>
      <parameters><instance-parameter name="self" transfer-ownership="none">
        <type name="Thing" c:type="FloeThing*"/></instance-parameter></parameters></method>
    <property name="size" writable="1"><type name="Size"/></property>
    <glib:signal name="grown"><return-value transfer-ownership="none">
      <type name="none" c:type="void"/></return-value></glib:signal>
  </class>
</namespace></repository>"""

# What is replaced, by what, and what the report must say of it.
CHANGES = [
    ('identifier="FLOE_SIZE_LARGE" value="1"', 'identifier="FLOE_SIZE_LARGE" value="2"',
     ["- value FloeSize FLOE_SIZE_LARGE = 1 'large'", "+ value FloeSize FLOE_SIZE_LARGE = 2 'large'"]),
    ('transfer-ownership="full"', 'transfer-ownership="none"', ["char* [full]", "char* [none]"]),
    (' throws="1"', '', ["GError** error", "floe_thing_get_name"]),
    ('c:type="char*"', 'c:type="const char*"', ["-> char*", "-> const char*"]),
    ('<field name="grow">', '<field name="shrink">', ["grow }", "shrink }"]),
    (' writable="1"', '', ["[writable]", "[]"]),
    ('name="grown"', 'name="shrunk"', ["FloeThing::grown", "FloeThing::shrunk"]),
    ('parent="GObject.Object"', 'parent="GObject.InitiallyUnowned"', ["Object", "InitiallyUnowned"]),
]


class Comparison(unittest.TestCase):
    def test_finds_nothing_in_the_same_interface(self):
        self.assertEqual(abi.differences(interface.describe(GIR), interface.describe(GIR)), [])

    def test_does_not_look_at_documentation(self):
        other = GIR.replace("Words.", "Other words.")
        self.assertEqual(abi.differences(interface.describe(GIR), interface.describe(other)), [])

    def test_notices_each_change(self):
        for before, after, expected in CHANGES:
            with self.subTest(before):
                self.assertIn(before, GIR)
                found = abi.differences(interface.describe(GIR),
                                        interface.describe(GIR.replace(before, after, 1)))
                self.assertEqual(len(found), 2, found)
                for line, part in zip(found, expected):
                    self.assertIn(part, line)

    def test_notices_what_is_missing_and_what_is_new(self):
        self.assertEqual(abi.differences(["floe_a", "floe_b"], ["floe_b", "usrsctp_close"]),
                         ["- floe_a", "+ usrsctp_close"])


if __name__ == "__main__":
    unittest.main()
