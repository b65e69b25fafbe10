package io.windrow.core.transform.expression;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BinaryOperator;
import java.util.function.Function;

/**
 * Makes random expressions together with what they mean for one row, written down a second time in the plainest way: a row
 * is a map, null is {@link #NULL}, an error is {@link #ERROR}.
 */
final class RandomExpression {
    static final Object NULL = new Object();
    static final Object ERROR = new Object();

    /** An expression's text and its meaning. */
    record Meant(String text, Function<Map<String, Object>, Object> of) {}

    private final Random random;

    RandomExpression(Random random) {
        this.random = random;
    }

    Meant condition(int depth) {
        return switch (depth <= 0 ? random.nextInt(2) : random.nextInt(11)) {
            case 0 -> field("b");
            case 1 -> compare(whole(0), whole(0));
            case 2, 3 -> junction(condition(depth - 1), condition(depth - 1), random.nextBoolean());
            case 4 -> {
                Meant a = condition(depth - 1);
                yield new Meant("!(" + a.text + ")", row -> known(a.of.apply(row)) ? !(Boolean) a.of.apply(row) : a.of.apply(row));
            }
            case 5 -> compare(whole(depth - 1), whole(depth - 1));
            case 6 -> compare(decimal(depth - 1), decimal(depth - 1));
            case 7 -> compare(text(depth - 1), text(depth - 1));
            case 8 -> {
                Meant a = random.nextBoolean()
                        ? choice(condition(depth - 1), field("n"), whole(depth - 1))
                        : choice(condition(depth - 1), field("s"), text(depth - 1));
                yield new Meant("(" + a.text + ") == null", row -> a.of.apply(row) == ERROR ? ERROR : a.of.apply(row) == NULL);
            }
            case 9 -> {
                String name = List.of("startsWith", "endsWith", "contains").get(random.nextInt(3));
                Meant a = text(depth - 1);
                Meant b = text(0);
                yield new Meant("(" + a.text + ")." + name + "(" + b.text + ")", strict(a, b, (x, y) -> switch (name) {
                    case "startsWith" -> ((String) x).startsWith((String) y);
                    case "endsWith" -> ((String) x).endsWith((String) y);
                    default -> ((String) x).contains((String) y);
                }));
            }
            default -> choice(condition(depth - 1), condition(depth - 1), condition(depth - 1));
        };
    }

    Meant whole(int depth) {
        return switch (depth <= 0 ? random.nextInt(2) : random.nextInt(6)) {
            case 0 -> field(random.nextBoolean() ? "n" : "k");
            case 1 -> {
                long value = random.nextInt(4) == 0 ? Long.MAX_VALUE - random.nextInt(3) : random.nextInt(7) - 3;
                yield new Meant(value < 0 ? "(" + value + ")" : "" + value, row -> value);
            }
            case 2, 3 -> {
                int operator = random.nextInt(5);
                Meant a = whole(depth - 1);
                Meant b = whole(depth - 1);
                yield new Meant("(" + a.text + " " + "+-*/%".charAt(operator) + " " + b.text + ")", strict(a, b, (x, y) ->
                        wholes(operator, BigInteger.valueOf((Long) x), BigInteger.valueOf((Long) y))));
            }
            case 4 -> {
                Meant a = text(depth - 1);
                yield new Meant("size(" + a.text + ")", strict(a, a, (x, y) -> (long) ((String) x).codePointCount(0, ((String) x).length())));
            }
            default -> choice(condition(depth - 1), whole(depth - 1), whole(depth - 1));
        };
    }

    private static Object wholes(int operator, BigInteger x, BigInteger y) {
        if (operator >= 3 && y.signum() == 0) {
            return ERROR;
        }
        BigInteger result = switch (operator) {
            case 0 -> x.add(y);
            case 1 -> x.subtract(y);
            case 2 -> x.multiply(y);
            case 3 -> x.divide(y);
            default -> x.remainder(y);
        };
        return result.bitLength() > 63 ? ERROR : (Object) result.longValue();
    }

    Meant decimal(int depth) {
        return switch (depth <= 0 ? random.nextInt(3) : random.nextInt(5)) {
            case 0 -> field("d");
            case 1 -> field("w");
            case 2 -> {
                BigDecimal value = BigDecimal.valueOf(random.nextInt(2000) - 1000, random.nextInt(4));
                yield new Meant("decimal('" + value.toPlainString() + "')", row -> value);
            }
            case 3 -> {
                int operator = random.nextInt(2);
                Meant a = decimal(0);
                Meant b = random.nextBoolean() ? decimal(0) : whole(0);
                yield new Meant("(" + a.text + (operator == 0 ? " + " : " - ") + b.text + ")", strict(a, b, (x, y) -> {
                    BigDecimal right = y instanceof Long whole ? BigDecimal.valueOf(whole) : (BigDecimal) y;
                    return operator == 0 ? ((BigDecimal) x).add(right) : ((BigDecimal) x).subtract(right);
                }));
            }
            default -> {
                Meant a = field("d");
                Meant b = field("d");
                yield new Meant("(" + a.text + " * " + b.text + ")", strict(a, b, (x, y) ->
                        ((BigDecimal) x).multiply((BigDecimal) y)));
            }
        };
    }

    Meant text(int depth) {
        return switch (depth <= 0 ? random.nextInt(2) : random.nextInt(4)) {
            case 0 -> field("s");
            case 1 -> {
                String value = List.of("", "a", "ab", "ß", "😀", "b").get(random.nextInt(6));
                yield new Meant("'" + value + "'", row -> value);
            }
            case 2 -> {
                Meant a = text(depth - 1);
                Meant b = text(depth - 1);
                yield new Meant("(" + a.text + " + " + b.text + ")", strict(a, b, (x, y) -> (String) x + y));
            }
            default -> choice(condition(depth - 1), text(depth - 1), text(depth - 1));
        };
    }

    private static Meant field(String name) {
        return new Meant(name, row -> row.getOrDefault(name, NULL));
    }

    private static boolean known(Object value) {
        return value != NULL && value != ERROR;
    }

    private static Function<Map<String, Object>, Object> strict(Meant a, Meant b, BinaryOperator<Object> operator) {
        return row -> {
            Object x = a.of.apply(row);
            Object y = b.of.apply(row);
            if (x == ERROR || y == ERROR) {
                return ERROR;
            }
            return x == NULL || y == NULL ? NULL : operator.apply(x, y);
        };
    }

    private Meant compare(Meant a, Meant b) {
        String operator = List.of("<", "<=", ">", ">=", "==", "!=").get(random.nextInt(6));
        return new Meant("(" + a.text + " " + operator + " " + b.text + ")", strict(a, b, (x, y) -> {
            int order = order(x, y);
            return switch (operator) {
                case "<" -> order < 0;
                case "<=" -> order <= 0;
                case ">" -> order > 0;
                case ">=" -> order >= 0;
                case "==" -> order == 0;
                default -> order != 0;
            };
        }));
    }

    private static int order(Object x, Object y) {
        return switch (x) {
            case Long whole -> whole.compareTo((Long) y);
            case BigDecimal decimal -> decimal.compareTo((BigDecimal) y);
            default -> compareCodePoints((String) x, (String) y);
        };
    }

    private static int compareCodePoints(String x, String y) {
        int[] a = x.codePoints().toArray();
        int[] b = y.codePoints().toArray();
        return java.util.Arrays.compare(a, b);
    }

    private static Meant junction(Meant a, Meant b, boolean and) {
        return new Meant("(" + a.text + (and ? " && " : " || ") + b.text + ")", row -> {
            Object x = a.of.apply(row);
            Object y = b.of.apply(row);
            Object deciding = !and;
            if (x.equals(deciding) || y.equals(deciding)) {
                return deciding;
            }
            if (x == ERROR || y == ERROR) {
                return ERROR;
            }
            return x == NULL || y == NULL ? NULL : (Object) and;
        });
    }

    private static Meant choice(Meant condition, Meant yes, Meant no) {
        return new Meant("(" + condition.text + " ? " + yes.text + " : " + no.text + ")", row -> {
            Object test = condition.of.apply(row);
            return known(test) ? (Boolean) test ? yes.of.apply(row) : no.of.apply(row) : test;
        });
    }
}
