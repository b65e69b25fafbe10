package io.windrow.core.transform.expression;

import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelOverloadDecl;
import dev.cel.common.types.CelType;
import dev.cel.common.types.NullableType;
import dev.cel.common.types.OpaqueType;
import dev.cel.common.types.SimpleType;
import java.util.ArrayList;
import java.util.List;

/** What CEL's checker is told of our types: every field may be null, and decimals, dates and times are types of their own. */
final class CelTypes {
    private static final CelType DECIMAL = OpaqueType.create("decimal");
    private static final CelType DATE = OpaqueType.create("date");
    private static final CelType DATETIME = OpaqueType.create("datetime");
    private static final CelType TIME = OpaqueType.create("time");
    private static final CelType OTHER = OpaqueType.create("other");

    private CelTypes() {}

    static CelType of(Kind kind) {
        return switch (kind) {
            case BOOL -> NullableType.create(SimpleType.BOOL);
            case INT -> NullableType.create(SimpleType.INT);
            case UINT -> NullableType.create(SimpleType.UINT);
            case DOUBLE -> NullableType.create(SimpleType.DOUBLE);
            case STRING -> NullableType.create(SimpleType.STRING);
            case BYTES -> NullableType.create(SimpleType.BYTES);
            case TIMESTAMP -> SimpleType.TIMESTAMP;
            case DURATION -> SimpleType.DURATION;
            case DECIMAL -> DECIMAL;
            case DATE -> DATE;
            case DATETIME -> DATETIME;
            case TIME -> TIME;
            case NULL -> SimpleType.NULL_TYPE;
            case OTHER -> OTHER;
        };
    }

    static List<CelFunctionDecl> functions() {
        List<CelFunctionDecl> all = new ArrayList<>();
        for (String operator : List.of("_<_", "_<=_", "_>_", "_>=_", "_==_", "_!=_")) {
            List<CelOverloadDecl> overloads = mixed(operator, SimpleType.BOOL);
            if (operator.contains("<") || operator.contains(">")) {
                for (CelType type : List.of(DECIMAL, DATE, DATETIME, TIME)) {
                    overloads.add(overload(operator, SimpleType.BOOL, type, type));
                }
            }
            all.add(CelFunctionDecl.newFunctionDeclaration(operator, overloads));
        }
        for (String operator : List.of("_+_", "_-_", "_*_")) {
            List<CelOverloadDecl> overloads = mixed(operator, DECIMAL);
            overloads.add(overload(operator, DECIMAL, DECIMAL, DECIMAL));
            all.add(CelFunctionDecl.newFunctionDeclaration(operator, overloads));
        }
        all.add(CelFunctionDecl.newFunctionDeclaration("-_", overload("-_", DECIMAL, DECIMAL)));
        all.add(CelFunctionDecl.newFunctionDeclaration("double", overload("double", SimpleType.DOUBLE, DECIMAL)));
        for (CelType type : List.of(DECIMAL, DATE, DATETIME, TIME)) {
            all.add(CelFunctionDecl.newFunctionDeclaration(type.name(), overload(type.name(), type, SimpleType.STRING)));
        }
        return all;
    }

    private static List<CelOverloadDecl> mixed(String operator, CelType result) {
        List<CelOverloadDecl> overloads = new ArrayList<>();
        for (CelType whole : List.of(SimpleType.INT, SimpleType.UINT)) {
            overloads.add(overload(operator, result, DECIMAL, whole));
            overloads.add(overload(operator, result, whole, DECIMAL));
        }
        return overloads;
    }

    private static CelOverloadDecl overload(String function, CelType result, CelType... arguments) {
        StringBuilder id = new StringBuilder("windrow " + function);
        for (CelType argument : arguments) {
            id.append(' ').append(argument.name());
        }
        return CelOverloadDecl.newGlobalOverload(id.toString(), result, arguments);
    }
}
