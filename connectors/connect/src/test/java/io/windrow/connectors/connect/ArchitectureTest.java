package io.windrow.connectors.connect;

import io.windrow.rules.HouseRules;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    @Test
    void theModuleKeepsTheHouseRules() {
        HouseRules.check();
    }
}
