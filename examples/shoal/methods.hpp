// The methods of shoal cluster, one line for each.
#pragma once

#include "graph_methods.hpp"
#include "heads_method.hpp"
#include "kmeans_method.hpp"

#include <tuple>

/// A method: its options (method_options.hpp), its name for --method, and its display name.
template <class Options> struct Method {
  const char* name;
  const char* title;
  using Type = Options;
};

/// All methods. examples/CMakeLists.txt also reads these lines and compiles each method separately.
inline constexpr std::tuple methods{
    Method<KMeansMethod>{"kmeans", "k-means"},
    Method<HeadsMethod<shoal::PMI>>{"pmi", "PMI"},
    Method<HeadsMethod<shoal::WPMI>>{"wpmi", "WPMI"},
    Method<HeadsMethod<shoal::TEMI>>{"temi", "TEMI"},
    Method<HeadsMethod<shoal::SCANv2>>{"scan", "SCANv2"},
    Method<HeadsMethod<shoal::SCP>>{"scp", "SCP"},
    Method<AutoMethod>{"auto", "Auto"},
    Method<PmiGraphMethod>{"pmi-graph", "PMI on the neighbour graph"},
    Method<LeidenMethod>{"leiden", "Leiden"},
    Method<TurtleMethod>{"turtle", "TURTLE"},
};
inline constexpr std::size_t method_count = std::tuple_size_v<decltype(methods)>;

/// The type of the options of method I.
template <std::size_t I> using MethodType = typename std::tuple_element_t<I, decltype(methods)>::Type;

/// Clusters by method I on the CPU. Each is compiled separately (cluster_method.cpp.in).
template <std::size_t I> ClusterOutcome cluster_on_cpu(const ClusterJob& job, const shoal::Cpu& cpu);

/// Clusters by method `index` on a GPU; throws in a build without CUDA.
ClusterOutcome cluster_on_cuda(std::size_t index, const ClusterJob& job, const shoal::Cpu& cpu);
