package io.windrow.testkit.crash;

import io.windrow.api.context.Failpoints;
import io.windrow.testkit.fault.KillingFailpoints;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Appends one line to the file for each start, between two failpoints. */
final class CountingMain {
    private CountingMain() {}

    public static void main(String[] arguments) throws IOException {
        Failpoints failpoints = new KillingFailpoints();
        for (int i = 0; i < 3; i++) {
            failpoints.reach("before_write");
            Files.writeString(Path.of(arguments[0]), "x\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            failpoints.reach("after_write");
        }
    }
}
