package io.windrow.cli;

import io.windrow.testkit.crash.CrashMode;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("server")
class KeyRangeCrashTest {
    @Test
    void rangesOfTheKeyAreExactAfterKillsEverywhere(@TempDir Path folder) throws Exception {
        Kills.everywhere(CrashMode.KEY_RANGE, 1, folder);
    }
}
