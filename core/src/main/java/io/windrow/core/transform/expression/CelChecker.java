package io.windrow.core.transform.expression;

import com.google.re2j.PatternSyntaxException;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelIssue;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationResult;
import dev.cel.common.CelValidationException;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerBuilder;
import dev.cel.compiler.CelCompilerFactory;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.StreamSchema;
import io.windrow.core.registry.NearestName;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * From a text to nodes: CEL parses it and checks its types, and each part of the checked tree becomes a node of ours or is
 * refused. With {@link CelTypes} the only class that knows CEL: it is loaded with the first expression.
 */
final class CelChecker {
    /** What an expression may call. */
    static final List<String> FUNCTIONS = List.of(
            "startsWith", "endsWith", "contains", "matches", "size", "double", "timestamp", "duration", "date", "datetime",
            "time", "decimal");

    private static final int MAX_CHARACTERS = 4096;
    private static final int MAX_DEPTH = 64;
    private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final Pattern UNDECLARED = Pattern.compile("undeclared reference to '([^']*)'.*", Pattern.DOTALL);
    private static final Pattern NO_OVERLOAD =
            Pattern.compile("found no matching overload for '([^']*)' applied to '([^']*)'.*", Pattern.DOTALL);

    private final StreamSchema schema;
    private final String text;
    private final String place;
    private @Nullable CelAbstractSyntaxTree tree;

    private CelChecker(StreamSchema schema, String text, String place) {
        this.schema = schema;
        this.text = text;
        this.place = place;
    }

    static Node check(String text, StreamSchema schema, String place) {
        return new CelChecker(schema, text, place).check();
    }

    private Node check() {
        if (text.codePointCount(0, text.length()) > MAX_CHARACTERS) {
            throw refused(ExpressionError.UNSUPPORTED, 0, "an expression has at most " + MAX_CHARACTERS + " characters");
        }
        CelValidationResult result = compiler().compile(text);
        if (result.hasError()) {
            throw invalid(result.getErrors().getFirst());
        }
        try {
            CelAbstractSyntaxTree checked = result.getAst();
            tree = checked;
            return node(checked.getExpr());
        } catch (CelValidationException e) {
            throw invalid(e.getErrors().getFirst());
        }
    }

    private CelCompiler compiler() {
        CelCompilerBuilder builder = CelCompilerFactory.standardCelCompilerBuilder()
                .setOptions(CelOptions.current()
                        .maxExpressionCodePointSize(MAX_CHARACTERS)
                        .maxParseRecursionDepth(MAX_DEPTH)
                        .build())
                .setStandardMacros(List.of());
        for (Column column : schema.columns()) {
            if (IDENTIFIER.matcher(column.name()).matches()) {
                builder.addVar(column.name(), CelTypes.of(ValueType.of(column.type()).kind()));
            }
        }
        return builder.addFunctionDeclarations(CelTypes.functions()).build();
    }

    private Node node(CelExpr part) {
        return switch (part.getKind()) {
            case CONSTANT -> constant(part);
            case IDENT -> field(part);
            case CALL -> call(part);
            case SELECT -> throw unsupported(part, "the selection ." + part.select().field());
            case LIST -> throw unsupported(part, "a list elsewhere than on the right of `in`");
            case MAP -> throw unsupported(part, "a map");
            case STRUCT -> throw unsupported(part, "a message");
            case COMPREHENSION -> throw unsupported(part, "a comprehension");
            case NOT_SET -> throw unsupported(part, "an empty part");
        };
    }

    private Node constant(CelExpr part) {
        CelConstant constant = part.constant();
        return switch (constant.getKind()) {
            case NULL_VALUE -> Literals.nothing();
            case BOOLEAN_VALUE -> Literals.whole(Kind.BOOL, constant.booleanValue() ? 1 : 0);
            case INT64_VALUE -> Literals.whole(Kind.INT, constant.int64Value());
            case UINT64_VALUE -> Literals.whole(Kind.UINT, constant.uint64Value().longValue());
            case DOUBLE_VALUE -> Literals.floating(constant.doubleValue());
            case STRING_VALUE -> Literals.text(Kind.STRING, constant.stringValue().getBytes(StandardCharsets.UTF_8));
            case BYTES_VALUE -> Literals.text(Kind.BYTES, constant.bytesValue().toByteArray());
            case NOT_SET, TIMESTAMP_VALUE, DURATION_VALUE -> throw unsupported(part, "this constant");
        };
    }

    private Node field(CelExpr part) {
        String name = part.ident().name();
        int index = schema.indexOf(name);
        if (index < 0) {
            throw unsupported(part, "the name " + name);
        }
        ValueType type = ValueType.of(schema.columns().get(index).type());
        return Node.of(type, rows -> Fields.of(rows.getVector(index), type, rows.getRowCount()));
    }

    private Node call(CelExpr part) {
        CelExpr.CelCall call = part.call();
        List<CelExpr> parts = new ArrayList<>();
        call.target().ifPresent(parts::add);
        parts.addAll(call.args());
        String function = call.function();
        if (function.equals("@in")) {
            return in(part, parts);
        }
        boolean known = function.contains("_") || FUNCTIONS.contains(function);
        if (!known || parts.isEmpty() || parts.size() > 3) {
            throw unknown(part, function);
        }
        Node first = node(parts.get(0));
        if (parts.size() == 1) {
            return unary(part, function, first);
        }
        Node second = node(parts.get(1));
        if (parts.size() == 3) {
            return function.equals("_?_:_") ? choice(part, first, second, node(parts.get(2))) : unsupported(part, function, first);
        }
        return switch (function) {
            case "_&&_" -> Logic.and(first, second);
            case "_||_" -> Logic.or(first, second);
            case "_==_" -> comparison(part, Comparisons.Operator.EQUALS, first, second);
            case "_!=_" -> comparison(part, Comparisons.Operator.NOT_EQUALS, first, second);
            case "_<_" -> comparison(part, Comparisons.Operator.LESS, first, second);
            case "_<=_" -> comparison(part, Comparisons.Operator.LESS_EQUALS, first, second);
            case "_>_" -> comparison(part, Comparisons.Operator.GREATER, first, second);
            case "_>=_" -> comparison(part, Comparisons.Operator.GREATER_EQUALS, first, second);
            case "_+_" -> arithmetic(part, Arithmetic.Operator.ADD, first, second);
            case "_-_" -> arithmetic(part, Arithmetic.Operator.SUBTRACT, first, second);
            case "_*_" -> arithmetic(part, Arithmetic.Operator.MULTIPLY, first, second);
            case "_/_" -> arithmetic(part, Arithmetic.Operator.DIVIDE, first, second);
            case "_%_" -> arithmetic(part, Arithmetic.Operator.MODULO, first, second);
            case "startsWith" -> Texts.holds(Texts.Where.START, first, second);
            case "endsWith" -> Texts.holds(Texts.Where.END, first, second);
            case "contains" -> Texts.holds(Texts.Where.ANYWHERE, first, second);
            case "matches" -> matches(part, first, second);
            default -> unsupported(part, function, first);
        };
    }

    private Node unary(CelExpr part, String function, Node argument) {
        Kind kind = argument.type().kind();
        switch (function) {
            case "!_" -> {
                return Logic.not(argument);
            }
            case "-_" -> {
                return Arithmetic.negate(argument);
            }
            case "size" -> {
                return kind.text() ? Texts.size(argument) : unsupported(part, function, argument);
            }
            case "double" -> {
                return switch (kind) {
                    case DOUBLE -> argument;
                    case INT, UINT, DECIMAL -> Arithmetic.toDouble(argument);
                    default -> unsupported(part, function, argument);
                };
            }
            default -> {
                return made(part, function, argument);
            }
        }
    }

    private Node made(CelExpr part, String function, Node argument) {
        Node made;
        try {
            made = Literals.made(function, argument);
        } catch (DateTimeException | ArithmeticException e) {
            throw refused(
                    ExpressionError.INVALID, offset(part), "the text given to " + function + "() is not of its form: " + e.getMessage());
        }
        return made == null ? unsupported(part, function, argument) : made;
    }

    private Node in(CelExpr part, List<CelExpr> parts) {
        CelExpr list = parts.get(1);
        if (list.getKind() != CelExpr.ExprKind.Kind.LIST) {
            throw unsupported(list, "`in` with anything but a list of constants");
        }
        Node value = node(parts.get(0));
        List<Node> constants = new ArrayList<>();
        for (CelExpr element : list.list().elements()) {
            Node constant = node(element);
            if (constant.constant() == null) {
                throw unsupported(element, "a list that holds anything but constants");
            }
            if (constant.type().kind() != value.type().kind()) {
                throw unsupported(element, "a list of other types than the value's");
            }
            constants.add(constant);
        }
        if (value.type().kind() == Kind.NULL || value.type().kind() == Kind.OTHER) {
            throw unsupported(part, "`in` for a value of this type");
        }
        return Comparisons.in(value, constants);
    }

    private Node comparison(CelExpr part, Comparisons.Operator operator, Node left, Node right) {
        boolean equality = operator == Comparisons.Operator.EQUALS || operator == Comparisons.Operator.NOT_EQUALS;
        long whenNull = operator == Comparisons.Operator.EQUALS ? 1 : 0;
        if (equality && right.type().kind() == Kind.NULL) {
            return Logic.nullTest(left, whenNull);
        } else if (equality && left.type().kind() == Kind.NULL) {
            return Logic.nullTest(right, whenNull);
        }
        if (!comparable(left.type().kind(), right.type().kind())) {
            throw unsupported(part, "a comparison of these types");
        }
        return Comparisons.of(operator, left, right);
    }

    private static boolean comparable(Kind left, Kind right) {
        boolean mixed = left == Kind.DECIMAL && (right == Kind.INT || right == Kind.UINT)
                || right == Kind.DECIMAL && (left == Kind.INT || left == Kind.UINT);
        return mixed || left == right && left != Kind.OTHER && left != Kind.NULL;
    }

    private Node arithmetic(CelExpr part, Arithmetic.Operator operator, Node left, Node right) {
        Kind a = left.type().kind();
        Kind b = right.type().kind();
        if (a.text() && a == b && operator == Arithmetic.Operator.ADD) {
            return Texts.concat(left, right);
        }
        if (a == Kind.DECIMAL || b == Kind.DECIMAL) {
            Node node = comparable(a, b) ? Arithmetic.decimals(operator, left, right) : null;
            if (node == null) {
                throw unsupported(part, "a product with more than 38 digits after the point");
            }
            return node;
        }
        ValueType type = switch (a) {
            case INT, UINT, DOUBLE -> left.type();
            case TIMESTAMP -> ValueType.of(b == Kind.TIMESTAMP ? Kind.DURATION : Kind.TIMESTAMP);
            case DURATION -> right.type();
            default -> throw unsupported(part, "arithmetic on these types");
        };
        return Arithmetic.of(operator, left, right, type);
    }

    private Node choice(CelExpr part, Node condition, Node yes, Node no) {
        ValueType a = yes.type();
        ValueType b = no.type();
        ValueType type;
        if (a.kind() == Kind.NULL || b.kind() == Kind.NULL) {
            type = a.kind() == Kind.NULL ? b : a;
        } else if (a.kind() == Kind.DECIMAL && b.kind() == Kind.DECIMAL) {
            type = Arithmetic.common(a, b);
        } else {
            type = a;
            if (a.kind() != b.kind()) {
                throw unsupported(part, "a choice between two types");
            }
        }
        if (type.kind() == Kind.OTHER || type.kind() == Kind.NULL) {
            throw unsupported(part, "a choice of values of this type");
        }
        return Logic.choice(condition, yes, no, type);
    }

    private Node matches(CelExpr part, Node value, Node pattern) {
        Values constant = pattern.constant();
        if (constant == null) {
            throw unsupported(part, "matches() with a pattern that is not a constant");
        }
        try {
            return Texts.matches(value, Patterns.of(new String(constant.data, StandardCharsets.UTF_8)));
        } catch (PatternSyntaxException e) {
            throw refused(
                    ExpressionError.INVALID, offset(part), "the pattern given to matches() is no RE2 pattern: " + e.getDescription());
        }
    }

    private int offset(CelExpr part) {
        CelAbstractSyntaxTree checked = tree;
        Integer offset = checked == null ? null : checked.getSource().getPositionsMap().get(part.id());
        return offset == null ? 0 : offset;
    }

    private WindrowException unsupported(CelExpr part, String what) {
        return refused(ExpressionError.UNSUPPORTED, offset(part), what + " is not evaluated by Windrow");
    }

    private Node unsupported(CelExpr part, String function, Node argument) {
        throw unsupported(part, function.replace("_", "") + "() of " + argument.type().kind().name().toLowerCase(java.util.Locale.ROOT));
    }

    private WindrowException unknown(CelExpr part, String function) {
        return refused(ExpressionError.UNSUPPORTED, offset(part), function + "() is not evaluated by Windrow" + near(function, FUNCTIONS));
    }

    private WindrowException invalid(CelIssue issue) {
        int offset = offset(issue.getSourceLocation().getLine(), issue.getSourceLocation().getColumn());
        String message = issue.getMessage();
        Matcher undeclared = UNDECLARED.matcher(message);
        if (undeclared.matches()) {
            String name = undeclared.group(1);
            List<String> names = new ArrayList<>(schema.columns().stream().map(Column::name).toList());
            names.addAll(FUNCTIONS);
            return refused(ExpressionError.INVALID, offset, "there is no field or function " + name + near(name, names));
        }
        Matcher overload = NO_OVERLOAD.matcher(message);
        if (overload.matches()) {
            String types = overload.group(2).replaceAll("wrapper\\(([a-z]+)\\)", "$1").replace("google.protobuf.", "");
            return refused(ExpressionError.INVALID, offset, written(overload.group(1)) + " does not go with " + types + hint(types));
        }
        return refused(ExpressionError.INVALID, offset, message.lines().findFirst().orElse("it is no expression"));
    }

    /** An operator as it stands in the text: CEL calls it after the places of its operands. */
    private static String written(String function) {
        return function.replace("_", "").replace("@", "");
    }

    private static String hint(String types) {
        List<String> words = List.of(types.split("[^a-z]+"));
        if (words.contains("double") && types.contains("int")) {
            return "; a float is compared with 1.0 or double(field)";
        }
        return words.contains("uint") && words.contains("int") ? "; an unsigned field goes with numbers such as 5u" : "";
    }

    private int offset(int line, int column) {
        int start = 0;
        for (int i = 1; i < line; i++) {
            start = text.indexOf('\n', start) + 1;
        }
        return text.codePointCount(0, start) + Math.max(0, column);
    }

    private static String near(String name, List<String> names) {
        return NearestName.of(name, names)
                .map(nearest -> "; did you mean " + nearest + "?")
                .orElse(names.size() <= 20 ? "; there are " + String.join(", ", names) : "");
    }

    private WindrowException refused(ExpressionError error, int offset, String why) {
        return WindrowException.of(error, "Checking an expression of " + schema.stream() + ": at character " + (offset + 1) + ": " + why)
                .at(place + ", character " + (offset + 1));
    }
}
