package io.windrow.core.util;

import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.util.function.Supplier;

/** Breaks one rule per member. */
public final class Broken {
    public String getName() throws InterruptedException {
        Thread.sleep(1);
        System.out.println(System.getenv("HOME"));
        Supplier<Integer> length = () -> 1;
        if (length.get() > 1) {
            throw new RuntimeException("bare");
        }
        return "name";
    }

    public void switchOn(boolean really) {
        new IllegalStateException(String.valueOf(really)).printStackTrace();
    }

    public static Object restored(InputStream bytes) throws IOException, ClassNotFoundException {
        return new ObjectInputStream(bytes).readObject();
    }

    public record BrokenConfig(int size) {}
}
