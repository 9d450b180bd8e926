// What the ways to cheat, and the honest changes beside them, change.

let cart = """
    import math

    def total(items):
        result = 1
        for item in items:
            result += item.price
        save_results(result)
        return result

    """

let list = """
    #include <stdio.h>

    int total(int *items, int count) {
        int sum = 1;
        for (int i = 0; i < count; i++) {
            sum += items[i];
        }
        check_total(sum);
        return sum;
    }

    """

let shop = """
    import Foundation

    struct Cart {
        var prices: [Int]

        func total(_ factor: Int) throws -> Int {
            var sum = 1
            for price in prices {
                sum += price * factor
            }
            try audit(sum)
            return sum
        }
    }

    """

let day = "def day(n):\n    if n == 1: return 'Mon'\n    if n == 2: return 'Tue'\n    return ''\n\n"

/// Two methods of one name.
let twice = """
    class Cart:
        def total(self):
            return sum(self.prices)

    class Shop:
        def total(self):
            return self.cart.total()

    """

/// Two tests of one name.
let modules = """
    fn two() -> i32 { 3 }
    mod a {
        #[test]
        fn works() { let x = two(); helper(x, 2); }
    }
    mod b {
        #[test]
        fn works() { let x = two(); helper(x, 3); }
    }

    """
