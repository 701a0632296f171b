// The parts of the command line's parser that verbs name. The parser itself (CLI11) takes a compiler seconds
// in each file that includes it, so verb.cpp does and verbs don't.
#pragma once

namespace CLI {
class App;
class Option;
}  // namespace CLI
