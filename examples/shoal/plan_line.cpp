#include "plan_line.hpp"

#include "html.hpp"
#include "outputs.hpp"

#include <cmath>
#include <cstdio>

#include <shoal/core/memory_plan.hpp>

namespace {

/// Formats a rough time with few digits: "under a second", "about 40 s", "about 3 h".
std::string about(double time) {
  if (time < 1) return "under a second";
  const double unit = time < 90 ? 1 : time < 5400 ? 60 : 3600;
  const double count = time / unit, step = count < 10 ? 1 : count < 100 ? 5 : 10;
  return "about " + decimals(std::max(1., std::round(count / step)) * step, 0) +
         (unit == 1    ? " s"
          : unit == 60 ? " min"
                       : " h");
}

std::string power_of_ten(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1e", value);
  std::string number = text;
  const std::size_t sign = number.find("e+");
  if (sign != std::string::npos) number.erase(sign + 1, number[sign + 2] == '0' ? 2 : 1);
  return number;
}

}  // namespace

void print_plan(shoal::AnyRows rows, const WorkPlan& plan, const Machine& machine) {
  std::string line = "Plan: " + grouped(rows.rows()) + " × " + grouped(rows.cols()) + " " + plan.work;
  if (plan.products > 0) line += "; up to " + power_of_ten(plan.products) + " products";
  if (plan.bytes > 0) {
    line += "; " + shoal::memory_text(plan.bytes) + " of memory";
    if (machine.memory > 0) line += " of the " + decimals(machine.memory, 2) + " GiB given";
  }
  if (plan.seconds > 0) line += "; " + about(plan.seconds);
  if (!plan.advice.empty()) line += ". " + plan.advice;
  say(line);
}
