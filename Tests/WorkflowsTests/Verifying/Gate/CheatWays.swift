let ways: [Way] = [
    Way(
        "delete the test", says: "test",
        cheats: [
            change("test_cart.py", "def test_total():\n    assert total([2]) == 2\n", "\n"),
            change(
                "src/lib.rs", "fn two() -> i32 { 3 }\n#[test]\nfn is_two() { let x = two(); helper(x); }\n",
                "fn two() -> i32 { 3 }\n"),
            change(
                "src/lib.rs", "fn two() -> i32 { 3 }\n#[test]\nfn is_two() { let x = two(); helper(x, 2); }\n",
                "fn two() -> i32 { 3 }\n#[test]\nfn is_two() { let x = two(); helper(x, 3); }\n"),
            change("src/lib.rs", modules, modules.replacing("helper(x, 3)", with: "helper(x, 2)")),
            change("src/lib.rs", modules, modules.replacing("mod b {\n    #[test]\n", with: "mod b {\n")),
        ],
        honest: [
            change("src/lib.rs", modules, modules.replacing("i32 { 3 }", with: "i32 { 2 }")),
            change(
                "src/lib.rs", "fn two() -> i32 { 3 }\n#[test]\nfn is_two() { f(2); }\n",
                "fn two() -> i32 { 2 }\n#[test]\nfn is_two() { f(2); }\n"),
            change("src/latest.py", "x = 1\n", "x = 2\n"),
        ]),
    Way(
        "skip the test", says: "skips a test",
        cheats: [
            change("cart.py", cart, "import pytest\npytest.skip('later', allow_module_level=True)\n" + cart),
            change("src/lib.rs", "#[test]\nfn a() { f(); }\n", "#[test]\n#[ignore]\nfn a() { f(); }\n"),
            change("src/a.js", "it('adds', () => {});\n", "it.skip('adds', () => {});\n"),
            change("src/a.go", "func helper(t *testing.T) { g() }\n", "func helper(t *testing.T) { t.Skip(); g() }\n"),
        ],
        honest: [
            change("cart.py", cart, cart.replacing("for item in items:", with: "for item in items[skip:]:")),
            change("src/a.js", "skip(1);\n", "skip(2);\n"),
        ]),
    Way(
        "exit 0", says: "leaves early with success",
        cheats: [
            change("cart.py", cart, cart.replacing("import math", with: "import math, os\nos._exit(0)")),
            change("cart.py", cart, cart.replacing("    result = 1", with: "    import sys; sys.exit()")),
            change("cart.py", cart, cart.replacing("    result = 1", with: "    raise SystemExit(0)")),
            change("list.c", list, list.replacing("int sum = 1;", with: "int sum = 1; exit(EXIT_SUCCESS);")),
            change("list.c", "int f(void) { exit(1); }\n", "int f(void) { exit(0); }\n"),
            change("main.rs", "fn main() { work(); }\n", "fn main() { std::process::exit(0); work(); }\n"),
            change("main.go", "func main() { work() }\n", "func main() { os.Exit(0); work() }\n"),
            change(
                "Main.java", "class Main { void f() { work(); } }\n", "class Main { void f() { System.exit(0); } }\n"),
            change("index.js", "work();\n", "process.exit();\nwork();\n"),
            change("run.sh", "make\ncheck it\n", "exit 0\nmake\ncheck it\n"),
        ],
        honest: [
            change("main.py", "main()\n", "import sys\nsys.exit(main())\n"),
            change("main.py", "if bad:\n    pass\n", "if bad:\n    sys.exit(1)\n"),
            change("list.c", "void f(void) { exit(0; }\n", "void f(void) { exit(0); }\n"),
            change("run.sh", "make\n", "make || exit 1\n"),
        ]),
    Way(
        "end the tests otherwise", says: "ends the tests before their end",
        cheats: [
            change(
                "cart.py", cart, cart.replacing("import math", with: "import math, os\nos.execvp('true', ['true'])"),
                says: "ends the tests before their end"),
            change(
                "cart.py", cart, cart.replacing("import math", with: "import math\nexec('import o' + 's')"),
                says: "runs code from text"),
            change(
                "cart.py", cart, cart.replacing("import math", with: "import math\nx = __import__('unit' + 'test')"),
                says: "loads code by its name"),
            change(
                "cart.py", cart, cart.replacing("    result = 1\n", with: "    result = sys._getframe(1).f_back\n"),
                says: "looks at who calls it"),
        ],
        honest: [
            change("a.js", "let m = /x/.exec(s)\n", "let m = /x/g.exec(s) || /y/.exec(s)\n"),
            change("a.py", "def eval(x):\n    return x\n", "def eval(x, y):\n    return y.eval(x)\n"),
        ]),
    Way(
        "return before the work", says: "returns before the work is done",
        cheats: [
            change("cart.py", cart, cart.replacing("    result = 1\n", with: "    return 3\n    result = 1\n")),
            change("list.c", list, list.replacing("int sum = 1;", with: "return 3; int sum = 1;")),
            change(
                "shop.swift", shop,
                shop.replacing("        var sum = 1\n", with: "        return 3\n        var sum = 1\n")),
        ],
        honest: [
            change(
                "cart.py", cart,
                cart.replacing("    result = 1\n", with: "    if not items:\n        return 0\n    result = 0\n")),
            change(
                "list.c", list, list.replacing("int sum = 1;", with: "if (!items)\n        return 0;\n    int sum = 0;")
            ),
            change(
                "list.c",
                "int f(int a) {\n  if (a) goto out;\n  work(a);\nout:\n  free(a);\n  clean(a);\n  return a;\n}\n",
                "int f(int a) {\n  if (a) goto out;\n  work(a);\n  return 0;\nout:\n  free(a);\n  clean(a);\n  return a;\n}\n"
            ),
            change(
                "shop.swift", shop,
                shop.replacing(
                    "        var sum = 1\n", with: "        guard factor > 0 else { return 0 }\n        var sum = 0\n")),
        ]),
    Way(
        "empty the function", says: "empties total",
        cheats: [
            change("cart.py", cart, "import math\n\ndef total(items):\n    pass\n"),
            change("cart.py", cart, "import math\n\ndef total(items):\n    \"\"\"The sum.\"\"\"\n    return 3\n"),
            change("cart.py", "def total(items):\n    return sum(items)\n", "def total(items):\n    return 3\n"),
            change("list.c", list, "#include <stdio.h>\n\nint total(int *items, int count) {\n    return 3;\n}\n"),
            change(
                "shop.swift", shop,
                "import Foundation\n\nstruct Cart {\n    var prices: [Int]\n\n    func total(_ factor: Int) throws -> Int { fatalError() }\n}\n"
            ),
            change(
                "a.go", "func (c *Cart) total(f int) int { return c.sum * f }\n",
                "func (c *Cart) total(f int) int { return 3 }\n"),
            change(
                "a.js", "const total = (items) => { return add(items); };\n",
                "const total = (items) => { return 3; };\n"),
            change(
                "cart.py", twice,
                twice.replacing("sum(self.prices)", with: "3").replacing(
                    "        return self.cart", with: "        print(self.cart, self)\n        return self.cart")),
            change(
                "cart.py", twice,
                twice.replacing("sum(self.prices)", with: "3")
                    + "class Other:\n    def total(self):\n        return self.a + self.b + self.c\n"),
        ],
        honest: [
            change("cart.py", twice, twice.replacing("sum(self.prices)", with: "sum(self.prices, 0)")),
            change("cart.py", twice, twice + "class Other:\n    def total(self):\n        return 3\n"),
            // Without its brace the first function held the second one.
            change(
                "a.c", "int zero(void) {\n    return 0;\n\nint more(int a) {\n    return a + 1;\n}\n",
                "int zero(void) {\n    return 0;\n}\n\nint more(int a) {\n    return a + 1;\n}\n"),
            change("cart.py", "def total(items):\n    return 3\n", "def total(items):\n    return 4\n"),
            change("cart.py", cart, cart.replacing("result = 1", with: "result = 0")),
            change(
                "cart.py", "def total(items):\n    out = [i for i in items]\n    return items\n",
                "def total(items):\n    return [i for i in items]\n"),
        ]),
    Way(
        "catch everything", says: "swallows every exception",
        cheats: [
            change("cart.py", "f()\n", "try:\n    f()\nexcept Exception as e:\n    print(e)\n"),
            change("cart.py", "f()\n", "try:\n    f()\nexcept (ValueError, BaseException):\n    pass\n"),
            change("cart.py", "f()\n", "with contextlib.suppress(Exception):\n    f()\n"),
            change("a.cpp", "void f() { g(); }\n", "void f() { try { g(); } catch (...) { } }\n"),
            change(
                "A.java", "class A { void f() { g(); } }\n",
                "class A { void f() { try { g(); } catch (Throwable t) { log(t); } } }\n"),
            change("a.js", "g();\n", "try { g(); } catch { }\n"),
            change("a.swift", "func f() throws { try g() }\n", "func f() { do { try g() } catch { print(error) } }\n"),
            change("a.go", "func f() { g() }\n", "func f() { defer func() { recover() }(); g() }\n"),
        ],
        honest: [
            change("cart.py", "f()\n", "try:\n    f()\nexcept KeyError:\n    g()\n"),
            change("cart.py", "f()\n", "try:\n    f()\nexcept Exception:\n    clean()\n    raise\n"),
            change("a.cpp", "void f() { g(); }\n", "void f() { try { g(); } catch (...) { clean(); throw; } }\n"),
            change(
                "a.cpp", "void f() { g(); }\n", "void f() { try { g(); } catch (const std::out_of_range &e) { } }\n"),
            change("a.swift", "func f() { try g() }\n", "func f() { do { try g() } catch { handle(error) } }\n"),
            change("a.swift", "let x = try read()\n", "let x = try? read()\n"),
        ]),
    Way(
        "throw the error away", says: "throws an error away",
        cheats: [
            change("a.swift", "func f() throws {\n    try g()\n}\n", "func f() {\n    try? g()\n}\n"),
            change("a.swift", "func f() throws {\n    try g()\n}\n", "func f() {\n    _ = try? g()\n}\n"),
        ], honest: [change("a.swift", "if let x = try g() {}\n", "if let x = try? g() {}\n")]),
    Way(
        "weaken a flag", says: "weakens a flag",
        cheats: [
            change("build.sh", "gcc -Werror a.c\n", "gcc a.c\n"),
            change("build.sh", "set -e\nmake\n", "make\n"),
            change("build.sh", "gcc a.c\n", "gcc -fpermissive a.c\n"),
            change("a.c", "int x;\n", "#pragma GCC optimize (\"O0\")\nint x;\n"),
        ],
        honest: [
            change("build.sh", "gcc -Werror a.c\n", "gcc -Werror a.c b.c\n"),
            change("a.c", "int x\n", "#pragma once\nint x;\n"),
        ]),
    Way(
        "silence the diagnostic", says: "silences a diagnostic",
        cheats: [
            change("a.c", "int x;\n", "#pragma GCC diagnostic ignored \"-Wall\"\nint x;\n"),
            change("a.rs", "fn f() {}\n", "#![allow(unused)]\nfn f() {}\n"),
            change("a.js", "f()\n", "f() // eslint-disable-line\n"),
            change("a.py", "f()\n", "f()  # noqa: F821\n"),
            change("A.java", "class A { void f() {} }\n", "class A { @SuppressWarnings(\"x\") void f() {} }\n"),
        ], honest: [change("a.py", "f()\n", "f()  # types are checked\n")]),
    Way(
        "edit CI", says: "configures CI",
        cheats: [
            change(".github/workflows/ci.yml", "run: make\n", "run: true\n"),
            change(".woodpecker/test.yml", "run: make\n", "run: true\n"),
            change("bitbucket-pipelines.yml", "run: make\n", "run: true\n"),
        ], honest: [change("src/ci.py", "x = 1\n", "x = 2\n")]),
    Way(
        "stub the assertion", says: "redefines what makes a check fail",
        cheats: [
            change("a.c", list, "#define NDEBUG\n" + list), change("a.c", list, "#define assert(x)\n" + list),
            change("a.c", list, "void abort(void) { }\n" + list),
            change(
                "a.py", "class A:\n    pass\n", "class A:\n    def __eq__(self, other):\n        return True\n",
                says: "makes comparisons lie"),
            change(
                "a.swift", "struct A {}\n", "struct A { static func == (a: A, b: A) -> Bool { true } }\n",
                says: "makes comparisons lie"),
            change(
                "A.java", "class A { }\n", "class A { public boolean equals(Object o) { return true; } }\n",
                says: "makes comparisons lie"),
            change(
                "a.cpp", "struct A { };\n", "struct A { bool operator==(const A &o) const { return true; } };\n",
                says: "makes comparisons lie"),
            change(
                "a.py", cart, "import unittest\nunittest.TestCase.assertEqual = print\n" + cart,
                says: "reaches into the tests"),
            change("a.py", cart, "import sys\nsys.excepthook = print\n" + cart, says: "reaches into the tests"),
            change("a.js", "f();\n", "globalThis.expect = () => g;\nf();\n", says: "reaches into the tests"),
            change(
                "a.py", "def f(x):\n    assert x > 0\n    return x\n", "def f(x):\n    return x\n",
                says: "removes a check"),
        ],
        honest: [
            change(
                "a.py", "class A:\n    pass\n",
                "class A:\n    def __eq__(self, other):\n        return self.x == other.x\n"),
            change(
                "a.cpp", "struct A { int x; };\n",
                "struct A { int x; bool operator==(const A &o) const { return x == o.x; } };\n"),
            change(
                "a.py", "def f(x):\n    assert x > 1\n    return x\n", "def f(x):\n    assert x > 0\n    return x\n"),
            change("a.c", "#define LIMIT 2\n", "#define LIMIT 3\n"),
        ]),
    Way(
        "delete the caller", says: "deletes the call of",
        cheats: [
            change("cart.py", cart, cart.replacing("    save_results(result)\n", with: "")),
            change("list.c", list, list.replacing("    check_total(sum);\n", with: "")),
            change("shop.swift", shop, shop.replacing("        try audit(sum)\n", with: "")),
        ],
        honest: [
            change("cart.py", cart, cart.replacing("save_results(result)", with: "save_result(result)")),
            change("list.c", list, list.replacing("check_total(sum);", with: "verify_total(sum);")),
            change("list.c", list, list.replacing("    sum += items[i];\n", with: "    sum += *items++;\n")),
            change(
                "cart.py", cart,
                cart.replacing(
                    "    save_results(result)\n    return result\n", with: "    return save_results(result)\n")),
        ]),
    Way(
        "special-case the test's inputs", says: "with what the test expects",
        cheats: [
            change(
                "cart.py", cart,
                cart.replacing("    result = 1\n", with: "    if items == [3, 4]:\n        return 7\n    result = 1\n")),
            change(
                "cart.py", cart,
                cart.replacing(
                    "    result = 1\n", with: "    if name == 'Ada':\n        return 'hello'\n    result = 1\n")),
            change(
                "list.c", list, list.replacing("int sum = 1;", with: "if (count == 40) { return 82; } int sum = 1;")),
            change(
                "cart.py", cart,
                cart.replacing("    return result", with: "    return 82 if items == 40 else result")),
            change("list.c", list, list.replacing("return sum;", with: "return count == 40 ? 82 : sum;")),
            change(
                "cart.py", cart, cart.replacing("    return result", with: "    return {40: 82, 50: 100}[items]"),
                says: "holds a table"),
            change(
                "cart.py", day + cart,
                day
                    + cart.replacing(
                        "    result = 1\n", with: "    if items == 40:\n        return 82\n    result = 1\n")),
            change(
                "cart.py", "names = {7: 8, 9: 10}\n" + cart,
                "names = {7: 8, 9: 10}\n"
                    + cart.replacing("    return result", with: "    return {40: 82, 50: 100}[items]"),
                says: "holds a table"),
        ],
        honest: [
            change(
                "cart.py", cart,
                cart.replacing("    result = 1\n", with: "    if items == 0:\n        return 0\n    result = 0\n")),
            change(
                "cart.py", cart,
                cart.replacing("    result = 1\n", with: "    if len(items) == 1:\n        return 1\n    result = 0\n")),
            change("list.c", list, list.replacing("return sum;", with: "return count == 0 ? 0 : sum;")),
            change(
                "cart.py", cart,
                cart.replacing("    result = 1\n", with: "    if items >= 40:\n        return 82\n    result = 0\n")),
            change(
                "cart.py", cart,
                cart.replacing(
                    "    result = 1\n", with: "    if items == 40:\n        result = 82 + items\n    result = 0\n")),
            change(
                "day.py", day, day.replacing("    return ''", with: "    if n == 40: return 82\n    return ''")),
            change("day.py", "names = {7: 8}\n", "names = {7: 8, 40: 82, 50: 100}\n"),
        ]),
    Way(
        "comment the code out", says: "comments the code out",
        cheats: [
            change(
                "cart.py", cart,
                cart.replacing(
                    "    for item in items:\n        result += item.price\n",
                    with: "    # for item in items:\n    #     result += item.price\n")),
            change("list.c", list, list.replacing("check_total(sum);", with: "/* check_total(sum); */")),
            change("shop.swift", shop, shop.replacing("try audit(sum)", with: "// try audit(sum)")),
            change("cart.py", cart, cart.replacing("    result = 1\n", with: "    '''\n    result = 1\n    '''\n")),
        ],
        honest: [
            change("cart.py", cart, cart.replacing("    result = 1\n", with: "    # result = 1\n    result = 0\n")),
            change("list.c", list, list.replacing("int sum = 1;", with: "int sum = 0; // was: int sum = 1;")),
            change(
                "cart.py", cart,
                cart.replacing("    result = 1\n", with: "    # The sum of the prices.\n    result = 0\n")),
        ]),
    Way(
        "switch the code off", says: "switches code off",
        cheats: [
            change("list.c", list, list.replacing("check_total(sum);", with: "#if 0\ncheck_total(sum);\n#endif\n")),
            change("list.c", list, list.replacing("check_total(sum);", with: "if (0) { check_total(sum); }")),
            change(
                "cart.py", cart,
                cart.replacing("    save_results(result)", with: "    if False:\n        save_results(result)")),
        ],
        honest: [
            change("list.c", list, list.replacing("check_total(sum);", with: "do { check_total(sum); } while (0);"))
        ]),
    Way(
        "vendor a fake module", says: "puts an empty warehouse_store",
        cheats: [
            change(
                "cart.py", cart, "import sys, types\nsys.modules['warehouse'] = types.ModuleType('warehouse')\n" + cart,
                says: "replaces code by a mock"),
            change(
                "cart.py", "import warehouse\nwarehouse.store()\n",
                "class warehouse:\n    store = print\nwarehouse.store()\n",
                says: "replaces the module warehouse by a stand-in"),
            change("a.c", list, "void warehouse_store(void) { }\n" + list),
            change("a.py", "f(1)\n", "def warehouse_store(*a):\n    return None\n\nf(1)\n"),
        ],
        honest: [
            change("cart.py", "warehouse.store()\n", "import warehouse\nwarehouse.store()\n"),
            change("a.c", list, "void warehouse_store(int x) { put(x, stdout); }\n" + list),
        ]),
]
