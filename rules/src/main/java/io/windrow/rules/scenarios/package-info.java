/** The page that ties tests to failure scenarios. Nothing about the product's behaviour is decided here. */
package io.windrow.rules.scenarios;
