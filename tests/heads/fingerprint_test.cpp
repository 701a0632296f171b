#include "support/refused.hpp"

#include <set>

#include <doctest/doctest.h>

#include <shoal/backend/cpu.hpp>
#include <shoal/backend/eigen_cpu.hpp>
#include <shoal/heads/cpu/step_on_cpu.hpp>
#include <shoal/heads/fingerprint.hpp>

using namespace shoal;

namespace {

std::string settings_of(const HeadSettings& s) {
  Fingerprint f;
  add_settings(f, s);
  return f.text();
}

template <class B> std::string machine_of(const B& backend) {
  Fingerprint f;
  add_machine(f, StepOn<B>::name, [&](auto a, auto b, auto c) { StepOn<B>::probe(backend, a, b, c); });
  return f.text();
}

}  // namespace

TEST_CASE("a policy is its name and its named parameters") {
  Fingerprint f;
  f.add_policy("objective", TemiObjective{.beta = 0.75f});
  f.add_policy("balancer", NoBalance{});
  CHECK(f.text() == "objective TEMI\nobjective.beta 0.75\nbalancer none\n");
}

TEST_CASE("numbers that differ in their last bit are different text") {
  Fingerprint a, b;
  a.add("rate", 0.1), b.add("rate", std::nextafter(0.1, 1));
  CHECK(a.text() != b.text());
  Fingerprint c;
  c.add("flag", true), c.add("count", Index{7});
  CHECK(c.text() == "flag yes\ncount 7\n");
}

TEST_CASE("every setting changes the fingerprint") {
  const HeadSettings s = TEMI{.clusters = 10}.general();
  std::set<std::string> seen{settings_of(s)};
  std::size_t changes = 0;
  const auto change = [&](auto f) {
    HeadSettings other = s;
    f(other);
    seen.insert(settings_of(other));
    CHECK(seen.size() == ++changes + 1);
  };
  change([](auto& o) { o.clusters = 11; });
  change([](auto& o) { o.heads = 2; });
  change([](auto& o) { o.epochs = 2; });
  change([](auto& o) { o.batch = 2; });
  change([](auto& o) { o.learning_rate = 2; });
  change([](auto& o) { o.final_rate = 2; });
  change([](auto& o) { o.warmup_epochs = 2; });
  change([](auto& o) { o.frozen_epochs = 2; });
  change([](auto& o) { o.weight_decay = 2; });
  change([](auto& o) { o.optimizer = Optimizer::adam; });
  change([](auto& o) { o.student_temperature = 2; });
  change([](auto& o) { o.teacher_temperature = 2; });
  change([](auto& o) { o.teacher_momentum = 0.5; });
  change([](auto& o) { o.marginal_momentum = 0.5; });
  change([](auto& o) { o.hidden = {512, 512}; });
  change([](auto& o) { o.hidden = {}; });
  change([](auto& o) { o.bottleneck = 2; });
  change([](auto& o) { o.plain = true; });
  change([](auto& o) { o.standardize = true; });
  change([](auto& o) { o.precision = Precision::bfloat16; });
  change([](auto& o) { o.seed = 2; });
}

TEST_CASE("the library that multiplies changes the fingerprint, the number of threads does not") {
  const std::string own = machine_of(Cpu({.threads = 1}));
  CHECK(machine_of(Cpu({.threads = 3})) == own);
  CHECK(machine_of(Cpu({.threads = 1, .library = multiply_by_eigen})) != own);
  CHECK(machine_of(EigenCpu(1)) == machine_of(EigenCpu(3)));
  CHECK(lines_missing_in(own, machine_of(EigenCpu(1))).find("engine generic step") == 0);
}

TEST_CASE("what one fingerprint has and another lacks is told in one line") {
  CHECK(lines_missing_in("a 1\nb 2\n", "a 1\nb 3\nc 4\n") == "b 3, c 4");
  CHECK(lines_missing_in("a 1\nb 2\n", "b 2\n") == "nothing else");
  CHECK(lines_missing_in("", "b 2") == "b 2");
}
