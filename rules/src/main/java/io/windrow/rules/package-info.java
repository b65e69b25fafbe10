/**
 * The rules of the house as tests: {@link io.windrow.rules.HouseRules} checks the module that it is called in. Every
 * rule's text names the remedy. No rule about behaviour lives here: that is the testkit's.
 */
package io.windrow.rules;
