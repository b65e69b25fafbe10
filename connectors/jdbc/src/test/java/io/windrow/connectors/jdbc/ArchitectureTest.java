package io.windrow.connectors.jdbc;

import io.windrow.rules.HouseRules;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    @Test
    void theModuleKeepsTheHouseRules() {
        HouseRules.check();
    }
}
