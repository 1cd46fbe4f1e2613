#!/usr/bin/python3
# SPDX-License-Identifier: MPL-2.0
"""Each lint must find what it is there to find: small bad trees, and good ones beside them."""

import json
import os
import subprocess
import sys
import tempfile
import textwrap
import unittest

sys.dont_write_bytecode = True
import format  # noqa: E402
import exports  # noqa: E402
import lint  # noqa: E402
from source import functions, strip_comments  # noqa: E402

SPDX = "/* SPDX-License-Identifier: MPL-2.0 */\n"


class LintTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def write(self, path, text):
        path = os.path.join(self.folder.name, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(textwrap.dedent(text))

    def found(self, name, *arguments):
        return [(finding.rule, finding.path)
                for finding in lint.run(name, self.folder.name, *arguments)]

    def assert_finds(self, name, *expected):
        self.assertEqual(sorted(self.found(name)), sorted(expected))


class LayersTest(LintTest):
    def setUp(self):
        super().setUp()
        for layer in ("base", "sdp", "ice", "dtls", "channel", "peer"):
            self.write(f"src/{layer}/floe-{layer}-thing-private.h", SPDX)

    def test_lets_a_layer_include_what_is_below(self):
        self.write("src/ice/floe-x.c", '#include "floe-sdp-thing-private.h"\n#include <nice/agent.h>\n')
        self.write("src/dtls/floe-y.c", "#include <openssl/ssl.h>\n")
        self.write("src/sdp/floe-z.c", '#include "floe-base-thing-private.h"\n')
        self.assert_finds("layers")

    def test_finds_an_include_upwards(self):
        self.write("src/sdp/floe-x.c", '#include "floe-channel-thing-private.h"\n')
        self.assert_finds("layers", ("layers", "src/sdp/floe-x.c"))

    def test_finds_an_include_sideways(self):
        self.write("src/ice/floe-x.c", '#include "floe-dtls-thing-private.h"\n')
        self.assert_finds("layers", ("layers", "src/ice/floe-x.c"))

    def test_knows_the_layer_of_a_public_header_by_its_source(self):
        self.write("src/peer/floe-peer-connection.c", "")
        self.write("src/sdp/floe-x.c", "#include <floe/floe-peer-connection.h>\n")
        self.assert_finds("layers", ("layers", "src/sdp/floe-x.c"))

    def test_finds_a_layer_that_is_none(self):
        self.write("src/misc/floe-x.c", "")
        self.assert_finds("layers", ("layers", "src/misc/floe-x.c"))

    def test_finds_third_party_headers_outside_their_folder(self):
        for number, name in enumerate(["nice/agent.h", "openssl/ssl.h", "usrsctp.h",
                                       "srtp2/srtp.h", "openssl/evp.h"]):
            self.write(f"src/channel/floe-{number}.c", f"#include <{name}>\n")
        self.assert_finds("layers", *[("third-party", f"src/channel/floe-{number}.c")
                                      for number in range(5)])

    def test_lets_stun_use_hashes_but_no_certificates(self):
        self.write("src/stun/floe-a.c", "#include <openssl/hmac.h>\n")
        self.write("src/stun/floe-b.c", "#include <openssl/x509.h>\n")
        self.assert_finds("layers", ("third-party", "src/stun/floe-b.c"))

    def test_does_not_read_comments(self):
        self.write("src/sdp/floe-x.c", '/*\n#include "floe-peer-thing-private.h"\n*/\n')
        self.assert_finds("layers")

    def test_finds_gio_in_a_core_or_codec_also_by_way_of_a_header(self):
        self.write("src/ice/floe-a-core.c", "#include <gio/gio.h>\n")
        self.write("src/ice/floe-b-codec-private.h", '#include "floe-c-private.h"\n')
        self.write("src/ice/floe-c-private.h", "#include <gio/gio.h>\n")
        self.write("src/ice/floe-d.c", "#include <gio/gio.h>\n")
        self.assert_finds("layers", ("glib-only", "src/ice/floe-a-core.c"),
                          ("glib-only", "src/ice/floe-b-codec-private.h"))

    def test_finds_privates_in_samples_and_tests_of_the_public_api(self):
        private = '#include "floe-sdp-thing-private.h"\n'
        part = "#include <floe/floe-data-channel.h>\n"
        whole = "#include <floe/floe.h>\n"
        self.write("samples/peer/a.c", private)
        self.write("samples/peer/b.c", part)
        self.write("samples/peer/c.c", whole)
        self.write("tests/integration/peer/d-test.cc", private)
        self.write("tests/integration/ice/e-test.cc", private)
        self.write("tests/unit/base/f-test.cc", private)
        self.assert_finds("layers", ("public-only", "samples/peer/a.c"),
                          ("public-only", "samples/peer/b.c"),
                          ("public-only", "tests/integration/peer/d-test.cc"),
                          ("layers", "tests/unit/base/f-test.cc"))


def function(lines, name="floe_x", body="  x ();\n"):
    return f"void\n{name} (void)\n{{\n" + body * (lines - 3) + "}\n"


class SizesTest(LintTest):
    def test_finds_a_file_with_a_line_too_many(self):
        self.write("src/base/floe-a.c", "\n" * 500)
        self.write("src/base/floe-b.c", "\n" * 501)
        self.write("tests/unit/base/b-test.cc", "\n" * 501)
        self.assert_finds("sizes", ("file-lines", "src/base/floe-b.c"),
                          ("file-lines", "tests/unit/base/b-test.cc"))

    def test_finds_a_function_with_a_line_too_many(self):
        short = function(5) * 20  # keeps the 95th percentile low
        self.write("src/base/floe-a.c", function(60) + short)
        self.write("src/base/floe-b.c", function(61) + short)
        self.write("src/base/floe-c.c", function(90, "floe_c_class_init"))
        self.assert_finds("sizes", ("function-lines", "src/base/floe-b.c"))

    def test_measures_tests_too(self):
        body = "  x ();\n" * 60
        self.write("tests/unit/base/a-test.cc", "TEST_F (Thing, Behaves)\n{\n" + body + "}\n")
        self.assert_finds("sizes", ("function-lines", "tests/unit/base/a-test.cc"))

    def test_finds_a_tail_that_grows(self):
        self.write("src/base/floe-a.c", function(50) * 2 + function(10) * 5)
        self.assert_finds("sizes", ("function-p95", "src"))

    def test_finds_a_block_too_deep(self):
        def nested(levels):
            opening = "".join("  " * 2 * i + "  if (x)\n" + "  " * 2 * i + "    {\n"
                              for i in range(levels))
            closing = "".join("  " * 2 * i + "    }\n" for i in reversed(range(levels)))
            return "void\nfloe_x (void)\n{\n" + opening + closing + "}\n"
        self.write("src/base/floe-a.c", nested(3))
        self.write("src/base/floe-b.c", nested(4))
        self.assert_finds("sizes", ("depth", "src/base/floe-b.c"))

    def test_finds_an_object_with_a_member_too_many(self):
        def struct(members):
            return "struct _FloeX\n{\n  GObject parent_instance;\n" \
                + "  int a; /* (owned); */\n" * (members - 2) + "  int b, c;\n};\n"
        self.write("src/base/floe-a.c", struct(20))
        self.write("src/base/floe-b.c", struct(21))
        self.assert_finds("sizes", ("members", "src/base/floe-b.c"))


class DocsTest(LintTest):
    HEADER = SPDX + """
FLOE_AVAILABLE_IN_1_0
gboolean floe_x_run (FloeX *self, void (*hook) (int, int), GError **error) G_GNUC_WARN_UNUSED_RESULT;
"""
    BLOCK = """
/**
 * floe_x_run:
 * @self: an x
 * @hook: (scope call): called
 * @error: return location for an error
 *
 * Runs it. Fails with %FLOE_ERROR_ABORT when closed.
 *
 * Returns: whether it ran
 * Since: 1.0
 */
"""

    def documented(self, block, header=HEADER):
        self.write("include/floe/floe-x.h", header)
        self.write("src/base/floe-x.c", block)
        return [finding.message for finding in lint.run("docs", self.folder.name)]

    def test_lets_a_whole_block_pass(self):
        self.assertEqual(self.documented(self.BLOCK), [])

    def test_finds_a_function_without_a_block(self):
        self.assertEqual(len(self.documented("/* floe_x_run: none */")), 1)

    def test_finds_what_is_missing(self):
        for line, word in [(" * @hook: (scope call): called\n", "@hook"),
                           (" * Returns: whether it ran\n", "returns"),
                           (" * Since: 1.0\n", "since"),
                           (" * Runs it. Fails with %FLOE_ERROR_ABORT when closed.\n", "FLOE_ERROR")]:
            messages = self.documented(self.BLOCK.replace(line, ""))
            self.assertTrue(any(word in message for message in messages), (line, messages))

    def test_finds_a_parameter_that_is_gone(self):
        block = self.BLOCK.replace(" * @error", " * @gone: was here\n * @error")
        self.assertEqual(len(self.documented(block)), 1)

    def test_takes_the_errors_of_a_finish_function_from_where_it_starts(self):
        header = self.HEADER.replace("_run", "_run_finish")
        finish = self.BLOCK.replace("_run", "_run_finish").replace("%FLOE_ERROR_ABORT", "")
        self.assertEqual(len(self.documented(finish, header)), 1)
        self.assertEqual(self.documented(finish + self.BLOCK.replace("_run", "_run_async"), header),
                         [])


    def test_finds_a_type_without_a_block(self):
        for line in ["G_DECLARE_FINAL_TYPE (FloeY, floe_y, FLOE, Y, GObject)\n",
                     "typedef struct _FloeY FloeY;\n"]:
            self.assertEqual(len(self.documented("", line)), 1)
            self.assertEqual(self.documented("/**\n * FloeY:\n *\n * A y.\n */\n", line), [])

    def test_finds_what_the_rfc_map_names_and_nobody_wrote(self):
        self.write("src/base/floe-a.c", "int\nfloe_there (void)\n{\n}\n")
        self.write("tests/unit/base/a-test.cc", "TEST (There, Works)\n{\n}\n")
        self.write("docs/rfc-map.md", "`floe_there` `There.Works` `floe_gone` `There.Gone` `a=x`\n")
        messages = [finding.message for finding in lint.run("docs", self.folder.name)]
        self.assertEqual(messages, ["there is no floe_gone", "there is no There.Gone"])


class TidyTest(LintTest):
    def test_finds_a_missing_licence_line(self):
        self.write("src/base/floe-a.c", "\n" + SPDX)
        self.write("samples/a.sh", "#!/bin/sh\n# SPDX-License-Identifier: MPL-2.0\n")
        self.assert_finds("tidy", ("licence", "src/base/floe-a.c"))

    def test_finds_notes_to_self(self):
        self.write("src/base/floe-a.c", SPDX + "/* FIX" + "ME: later */\n")
        self.assert_finds("tidy", ("notes", "src/base/floe-a.c"))

    def test_finds_locks_outside_the_mailbox(self):
        self.write("src/base/floe-mailbox.c", SPDX + "static GMutex lock;\n")
        self.write("src/ice/floe-a.c", SPDX + "static GMutex lock;\n")
        self.write("src/ice/floe-b.c", SPDX + "/* no GMutex */\n")
        self.assert_finds("tidy", ("locks", "src/ice/floe-a.c"))

    def test_finds_sleeps_and_sockets_in_unit_tests(self):
        self.write("tests/unit/base/a-test.cc", SPDX + "void f () { g_usleep (1); }\n")
        self.write("tests/unit/base/b-test.cc", SPDX + "int s = socket (AF_INET, 0, 0);\n")
        self.write("tests/integration/peer/c-test.cc", SPDX + "void f () { g_usleep (1); }\n")
        self.assert_finds("tidy", ("sleep", "tests/unit/base/a-test.cc"),
                          ("socket", "tests/unit/base/b-test.cc"))

    def test_finds_a_codec_without_a_fuzz_target(self):
        self.write("src/sdp/floe-a-codec.c", SPDX)
        self.assert_finds("tidy", ("fuzz", "src/sdp/floe-a-codec.c"))

    def test_finds_a_fuzz_target_that_nobody_builds_or_seeds(self):
        self.write("src/sdp/floe-a-codec.c", SPDX)
        self.write("tests/fuzz/fuzz-a.c", SPDX)
        self.assert_finds("tidy", *[("fuzz", "tests/fuzz/fuzz-a.c")] * 3)
        self.write("tests/fuzz/meson.build", "fuzz_targets = {'a': sdp_dep}\n")
        self.write("tests/fuzz/corpus/a/one", "x")
        self.write("tests/fuzz/corpus/a/two", "xx")
        self.assert_finds("tidy", *[("fuzz", "tests/fuzz/fuzz-a.c")] * 2)
        self.write("tests/fuzz/corpus/a/three", "xxx")
        self.assert_finds("tidy", ("fuzz", "tests/fuzz/fuzz-a.c"))
        self.write("tests/fuzz/dictionaries/a.dict", '"a"\n')
        self.assert_finds("tidy")


class FormatTest(LintTest):
    @unittest.skipUnless(format.is_available(), "clang-format is not installed")
    def test_finds_what_the_formatter_would_change(self):
        self.write(".clang-format", "BasedOnStyle: GNU\n")
        self.write("src/base/floe-a.c", "int a;\n")
        self.write("src/base/floe-b.c", "int    b  ;\n")
        self.assert_finds("format", ("format", "src/base/floe-b.c"))


class ExportsTest(LintTest):
    def test_compares_headers_with_the_library(self):
        self.write("include/floe/floe-x.h", """\
            FLOE_AVAILABLE_IN_1_0
            int floe_declared_only (void);
            FLOE_AVAILABLE_IN_1_0
            int floe_both (void);
            """)
        self.write("x.c", "int floe_both (void) { return 0; }\nint leaked (void) { return 0; }\n")
        library = os.path.join(self.folder.name, "libx.so")
        subprocess.run(["cc", "-shared", "-fPIC", "-o", library,
                        os.path.join(self.folder.name, "x.c")], check=True)
        generated = os.path.join(self.folder.name, "include/floe")
        messages = [finding.message
                    for finding in lint.run("exports", self.folder.name, library, generated)]
        self.assertEqual(messages, ["floe_declared_only is declared and not exported",
                                    "leaked is exported and not declared"])

    def test_reads_declared_types_and_generated_enums(self):
        self.assertEqual(exports.declared_symbols([
            "FLOE_AVAILABLE_IN_1_0\nG_DECLARE_FINAL_TYPE (FloeX, floe_x, FLOE, X, GObject)\n",
            "FLOE_AVAILABLE_IN_ALL\nGType floe_e_get_type (void);\n"]),
            {"floe_x_get_type", "floe_e_get_type"})


class ExemptionsTest(LintTest):
    def exempt(self, line):
        self.write("src/base/floe-a.c", "\n" * 501)
        self.write("tests/lint/exemptions.txt", line + "\n")
        return [rule for rule, _ in self.found("sizes")]

    def test_lets_pass_what_has_a_reason(self):
        line = "file-lines src/base/floe-a.c src/base/floe-a.c -- a table of constants"
        self.assertEqual(self.exempt(line), [])

    def test_wants_a_reason_a_known_rule_and_some_use(self):
        for line in ["file-lines src/base/floe-a.c src/base/floe-a.c",
                     "no-rule src/base/floe-a.c x -- because it is so",
                     "file-lines src/base/floe-b.c src/base/floe-b.c -- a table of constants"]:
            self.assertIn("exemptions", self.exempt(line), line)


class CountTest(LintTest):
    """tests/count-results.py, which check.sh believes."""

    PASSING = "[==========] 3 tests from 1 test suite ran. (0 ms total)\n[  PASSED  ] 3 tests.\n"
    MIXED = "x.cc:1: Skipped\nno network\n[  SKIPPED ] A.B (0 ms)\n" \
        "[  FAILED  ] A.C/0, where GetParam() = 1 (0 ms)\n" \
        "[==========] 3 tests from 1 test suite ran. (0 ms total)\n[  PASSED  ] 1 test.\n" \
        "[  SKIPPED ] 1 test, listed below:\n[  SKIPPED ] A.B\n" \
        "[  FAILED  ] 1 test, listed below:\n[  FAILED  ] A.C/0, where GetParam() = 1\n"

    def count(self, *entries):
        self.write("log.json", "".join(json.dumps(entry) + "\n" for entry in entries))
        script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../count-results.py")
        return subprocess.run(["/usr/bin/python3", script, os.path.join(self.folder.name, "log.json")],
                              stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()

    def test_counts_the_tests_inside_a_program(self):
        lines = self.count({"name": "a", "result": "OK", "stdout": self.PASSING},
                           {"name": "b", "result": "FAIL", "stdout": self.MIXED},
                           {"name": "c", "result": "OK", "stdout": "fine"})
        self.assertEqual(lines, ["  failed: b: A.C/0", "  skipped: b: A.B: no network",
                                 "5 passed, 1 failed, 1 skipped"])

    def test_believes_no_program_that_dies_before_or_after_its_summary(self):
        for stdout in ("[ RUN      ] A.B\n", self.PASSING, ""):
            last = self.count({"name": "a", "result": "FAIL", "stdout": stdout})[-1]
            self.assertRegex(last, r"^\d passed, 1 failed, 0 skipped$")

    def test_finds_no_tests_to_be_a_failure(self):
        self.assertEqual(self.count()[-1], "0 passed, 1 failed, 0 skipped")


class WrapsTest(LintTest):
    GOOD = "# Why.\n[wrap-git]\nurl = https://example.org/x.git\nrevision = v1.2.3\ndepth = 1\n" \
        "patch_directory = x\n\n[provide]\nx = x_dep\n"

    def setUp(self):
        super().setUp()
        self.write("meson.build", "x_dep = dependency('x')\n")
        self.write("subprojects/packagefiles/x/meson.build",
                   "project('x', version: '1.2.3')\nx_dep = declare_dependency()\n")

    def test_accepts_a_release_that_is_asked_for(self):
        self.write("subprojects/x.wrap", self.GOOD)
        self.assert_finds("wraps")

    def test_finds_what_rots(self):
        for before, after in (("v1.2.3", "main"), ("v1.2.3", "v1.2.4"), ("v1.2.3", "0123abc"),
                              ("https://example.org", "file:///srv"), ("depth = 1\n", ""),
                              ("x = x_dep", "y = x_dep"), ("x = x_dep", "x = y_dep"),
                              ("patch_directory = x", "patch_directory = y"),
                              ("[provide]", "[provides]"), ("[wrap-git]\n", "")):
            with self.subTest(before + " " + after):
                self.write("subprojects/x.wrap", self.GOOD.replace(before, after))
                self.assert_finds("wraps", ("wraps", "subprojects/x.wrap"))


class SourceTest(unittest.TestCase):
    def test_comments_and_strings_leave_their_lines(self):
        code = strip_comments('a "x /* y" /* b\nc */ d // e\n#include "f.h"\n')
        self.assertEqual(code, 'a ""  \n d  \n#include "f.h"\n')

    def test_functions_are_found_and_prototypes_and_structs_are_not(self):
        code = "int\nf (int a,\n   int b);\nstruct x\n{\n  int y;\n};\nint\ng (void)\n{\n}\n"
        self.assertEqual([(found.name, found.length) for found in functions(code)], [("g", 3)])


if __name__ == "__main__":
    unittest.main()
