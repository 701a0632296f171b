// One training step of all heads on the CPU: head by head, blocks of rows in parallel, one head's B × C at a
// time.
#pragma once

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include <shoal/backend/cpu.hpp>
#include <shoal/core/fixed_array.hpp>
#include <shoal/heads/cpu/batch_statistics.hpp>
#include <shoal/heads/cpu/plan.hpp>
#include <shoal/heads/cpu/step_parts.hpp>
#include <shoal/heads/cpu/update.hpp>
#include <shoal/heads/generic_step.hpp>
#include <shoal/heads/moving_average.hpp>

namespace shoal {

/// The fused training step. For each head it computes the batch statistics of the partners' rows if the
/// objective needs them (for TEMI those of all heads first), and those of the student's rows if a balancer
/// needs them. Then each group of rows passes forward, through the loss and backward while its logits are in
/// cache. Finally the gradients of the parameters are computed and applied tile by tile. Work is divided by
/// rows and by parameters, never by threads, and sums over the batch are merged in the order of blocks. So
/// the bits are the same for any number of threads, and whether or not partners' rows are kept. A team of
/// ranks divides the groups, and then the tiles of parameters, in the same way.
class FusedStep final : public StepEngine {
 public:
  /// Works on `state`, all heads of the settings or some of them, directly; a team shares one head, and
  /// sync() then completes the moments, of which each rank has some. State and team must outlive the engine.
  FusedStep(const HeadSettings& settings, std::unique_ptr<const PairLoss> loss, HeadState& state,
            const Cpu& cpu, const HeadTeam* team = nullptr)
      : settings_(settings),
        needs_(settings.needs),
        loss_(std::move(loss)),
        state_(state),
        cpu_(cpu),
        keeps_(fused_step_plan(settings.with_heads(state.shape.heads), state.shape.features, cpu.threads(),
                               cpu.memory())["partner rows"] > 0),
        groups_(settings.batch, clusters(), cpu.threads() * (team != nullptr ? team->size() : 1),
                cpu.library() != nullptr),
        parts_(team, groups_, state.shape),
        batch_(rows(), state.shape.features),
        packed_batch_(groups_.count(), rule()),
        student_(state.shape, true, rule()),
        teacher_(state.shape, false, rule()),
        pass_(state.shape, rows(), true),
        inputs_(state.shape.layers() + 1, rows(), rule()),
        logits_(rows(), clusters()),
        kept_(keeps_ ? rows() * heads_at_once() : 0, clusters()),
        partners_(heads_at_once(), settings.batch, clusters()),
        own_(settings.batch, clusters()),
        heads_agreement_(static_cast<std::size_t>(settings.batch), 1.f),
        log_marginal_(static_cast<std::size_t>(clusters())),
        balance_(2, clusters()),
        block_loss_(static_cast<std::size_t>(groups_.blocks())),
        scratch_(cpu.threads(), state.shape, groups_.most_rows(), needs_.teacher && !keeps_, rule()),
        update_scratch_(cpu.threads(), rule()) {}

  void step(MatrixView<const float> batch, const StepControl& control, StepReport& report) override {
    const Index H = state_.shape.heads;
    report.loss.assign(static_cast<std::size_t>(H), 0);
    report.labels.resize(static_cast<std::size_t>(H * rows()));
    cpu_.each_task(groups_.count(), [&](Index g, int) { copy_in_blocks(batch, groups_[g], batch_); });
    each_group([&](const PairGroup& g, Scratch&) {
      packed_batch_[g.blocks.index].pack({batch_.view().block(g.first, g.count), false});
    });
    cpu_.each_task(inputs_[0].chunks(), [&](Index chunk, int) { inputs_[0].pack(chunk, batch_); });
    if (needs_.all_heads()) average_agreement();
    const ParameterSteps steps(settings_, control);
    for (Index h = 0; h < H; ++h) {
      report.loss[static_cast<std::size_t>(h)] = learn(h, report.labels.data() + h * rows());
      pack_inputs();
      HeadUpdate(state_, h, inputs_, pass_, logits_, steps).run(parts_.tasks(), cpu_, update_scratch_);
      parts_.exchange_parameters({&state_.student, &state_.teacher});
    }
  }

  void sync() override { parts_.exchange_parameters({&state_.first_moment, &state_.second_moment}); }

 private:
  /// The working memory of one thread for a group of rows.
  struct Scratch {
    Scratch(const HeadShape& shape, Index group_rows, bool keeps_logits, ProductRule rule)
        : left(rule),
          pass(shape, group_rows, false),
          logits(keeps_logits ? group_rows : 0, shape.clusters),
          rows(4, shape.clusters),
          backward{LeftFactor(rule), {}} {}
    LeftFactor left;
    HeadPass pass;         // for teachers, whose activations are not needed later
    Matrix<float> logits;  // for teachers, if their logits are not kept
    Matrix<float> rows;    // two rows of probabilities, two of gradients
    BackwardScratch backward;
  };

  [[nodiscard]] ProductRule rule() const { return {settings_.precision, cpu_.library()}; }
  [[nodiscard]] Index clusters() const { return state_.shape.clusters; }
  [[nodiscard]] Index rows() const { return settings_.rows(); }
  /// Whether the student's statistics must be known before the first loss.
  [[nodiscard]] bool student_first() const {
    return needs_.balance || (!needs_.teacher && needs_.partner_statistics());
  }
  [[nodiscard]] bool teacher_first() const { return needs_.teacher && needs_.partner_statistics(); }
  [[nodiscard]] Index heads_at_once() const { return needs_.all_heads() ? state_.shape.heads : 1; }
  [[nodiscard]] Index slot(Index h) const { return needs_.all_heads() ? h : 0; }
  /// The statistics of the partners of head h's student.
  [[nodiscard]] const BatchStatistics& partners(Index h) const {
    return needs_.teacher ? partners_[slot(h)] : own_;
  }
  [[nodiscard]] MatrixView<float> kept(Index h, const PairGroup& g) {
    return kept_.view().block(slot(h) * rows() + g.first, g.count);
  }

  template <class F> void each_group(F&& f) {
    const Block own = parts_.groups();
    cpu_.each_task(own.count, [&](Index g, int worker) { f(groups_[own.first + g], scratch_[worker]); });
  }
  [[nodiscard]] const LeftFactor& packed_rows(const PairGroup& g) const {
    return packed_batch_[g.blocks.index];
  }

  void pack(Index h, bool student, bool teacher) {
    const Index tasks = student_.tasks(), first = student ? tasks : 0;
    cpu_.each_task(first + (teacher ? tasks : 0), [&](Index task, int) {
      if (task < first) return student_.pack(task, {&state_.shape, state_.student.data(), h});
      teacher_.pack(task - first, {&state_.shape, state_.teacher.data(), h});
    });
  }

  /// Packs the inputs of the layers after the first.
  void pack_inputs() {
    const Index chunks = inputs_[0].chunks(), layers = state_.shape.layers();
    cpu_.each_task(chunks * layers, [&](Index task, int) {
      const Index l = 1 + task / chunks;
      inputs_[l].pack(task % chunks, l < layers ? pass_.hidden(l - 1) : pass_.unit());
    });
  }

  void student_forward(const PairGroup& g, Scratch& own) {
    forward(student_, packed_rows(g), pass_.rows(g.first, g.count), own.left);
    last_layer(student_, own.left, logits_.view().block(g.first, g.count));
  }
  void teacher_forward(const PairGroup& g, Scratch& own, MatrixView<float> logits) {
    forward(teacher_, packed_rows(g), own.pass.rows(0, g.count), own.left);
    last_layer(teacher_, own.left, logits);
  }
  [[nodiscard]] MatrixView<float> teacher_rows(Index h, const PairGroup& g, Scratch& own) {
    return keeps_ ? kept(h, g) : own.logits.view().block(0, g.count);
  }

  void teacher_statistics(Index h) {
    BatchStatistics& statistics = partners_[slot(h)];
    each_group([&](const PairGroup& g, Scratch& own) {
      const MatrixView<float> logits = this->teacher_rows(h, g, own);
      teacher_forward(g, own, logits);
      statistics.add(g, logits, settings_.partner_scale(), own.rows);
    });
    parts_.exchange(statistics);
    statistics.merge();
    update_marginal(h, statistics.mean());
  }

  void student_statistics(Index h) {
    each_group([&](const PairGroup& g, Scratch& own) {
      student_forward(g, own);
      own_.add(g, logits_.view().block(g.first, g.count), settings_.student_scale(), own.rows);
    });
    parts_.exchange(own_);
    own_.merge();
    if (!needs_.teacher) update_marginal(h, own_.mean());
  }

  void average_agreement() {
    Matrix<float> own(state_.shape.heads, settings_.batch);
    for (Index h = 0; h < own.rows(); ++h) {
      pack(h, false, true);
      teacher_statistics(h);
      std::copy_n(partners_[slot(h)].agreement(), own.cols(), own.row(h));
    }
    StepEngine::average_agreement(own, heads_agreement_);
  }

  void update_marginal(Index h, const Matrix<float>& mean) {
    if (needs_.marginal)
      move_marginal(CpuTeam{clusters()}, mean, settings_.marginal_momentum, state_.marginal.row(h));
  }

  /// Computes the gradients of logits and the deltas of all layers of head h. Returns its loss.
  double learn(Index h, Label* labels) {
    pack(h, true, needs_.teacher && !(needs_.all_heads() && keeps_));
    if (teacher_first() && !needs_.all_heads()) teacher_statistics(h);
    if (student_first()) student_statistics(h);
    if (needs_.marginal) {
      const float* m = state_.marginal.row(h);
      float* out = log_marginal_.data();
      CpuTeam{clusters()}.each([=](auto c) { c.store(out, log_marginal(c.load(m))); });
    }
    double penalty = 0;
    if (needs_.balance)
      for (Index view = 0; view < 2; ++view)
        penalty +=
            0.5 * static_cast<double>(loss_->penalty(clusters(), own_.mean().row(view), balance_.row(view)));
    const float batch_agreement = needs_.agreement == Agreement::batch ? partners(h).mean_agreement() : 1.f;
    each_group([&](const PairGroup& g, Scratch& own) {
      if (!student_first()) student_forward(g, own);
      const MatrixView<float> student = logits_.view().block(g.first, g.count);
      MatrixView<float> partner = student;
      if (needs_.teacher) {
        partner = teacher_rows(h, g, own);
        if (!keeps_) teacher_forward(g, own, partner);
      }
      g.each_block([&](Index block, PairRows r, Index at) {
        block_loss_[static_cast<std::size_t>(block)] = descend(
            h, r, student.block(at, r.count()), partner.block(at, r.count()), batch_agreement, own, labels);
      });
      backward(student_, student, g.first, pass_, own.backward);
    });
    parts_.exchange(pass_, logits_, labels, block_loss_);
    double sum = 0;
    for (const double part : block_loss_) sum += part;
    return sum / static_cast<double>(rows()) + penalty;
  }

  /// Sums the loss of a block's rows; their gradients overwrite their logits.
  double descend(Index h, PairRows r, MatrixView<float> student, MatrixView<const float> partner,
                 float batch_agreement, Scratch& own, Label* labels) {
    const Index C = clusters();
    const CpuTeam team{C};
    const float scale = settings_.student_scale(), partner_scale = settings_.partner_scale();
    double loss = 0;
    for (Index i = 0; i < r.pairs; ++i) {
      const Index at[2] = {i, r.pairs + i};
      float own_partition[2], partner_partition[2];
      for (int v = 0; v < 2; ++v) {
        const float* row = student.row(at[v]);
        own_partition[v] = softmax(team, row, scale, own.rows.row(v));
        labels[v * settings_.batch + r.first / 2 + i] = static_cast<Label>(argmax(row, C));
        if (teacher_first())
          partner_partition[v] = partners(h).log_partition()[r.first + at[v]];
        else if (needs_.teacher)
          partner_partition[v] = log_partition(team, partner.row(at[v]), partner_scale);
        else
          partner_partition[v] = own_partition[v];
      }
      const auto b = static_cast<std::size_t>(r.first / 2 + i);
      const float agreement = needs_.agreement == Agreement::none ? 1.f : partners(h).agreement()[b];
      for (int v = 0; v < 2; ++v) {
        const PairRow pair{{student.row(at[v]), scale, own_partition[v]},
                           own.rows.row(v),
                           {partner.row(at[1 - v]), partner_scale, partner_partition[1 - v]},
                           needs_.marginal ? log_marginal_.data() : nullptr,
                           agreement,
                           heads_agreement_[b],
                           batch_agreement};
        const float* balance = needs_.balance ? balance_.row(v) : nullptr;
        loss += static_cast<double>(
            loss_->row(C, pair, balance, settings_.gradient_scale(), own.rows.row(2 + v)));
      }
      for (int v = 0; v < 2; ++v) std::copy_n(own.rows.row(2 + v), C, student.row(at[v]));
    }
    return loss;
  }

  const HeadSettings settings_;
  const LossNeeds needs_;
  const std::unique_ptr<const PairLoss> loss_;
  HeadState& state_;
  const Cpu cpu_;
  const bool keeps_;  // whether partners' rows are kept from the statistics to the loss
  const PairGroups groups_;
  const StepParts parts_;
  Matrix<float> batch_;                  // in the order of blocks
  FixedArray<LeftFactor> packed_batch_;  // each group's rows, packed once for all heads
  PackedHead student_, teacher_;
  HeadPass pass_;                   // of the student, all rows
  FixedArray<PackedInput> inputs_;  // the input of each layer
  Matrix<float> logits_;            // of the student, all rows; then their gradients
  Matrix<float> kept_;
  FixedArray<BatchStatistics> partners_;  // of teachers
  BatchStatistics own_;                   // of the student
  Buffer<float> heads_agreement_;         // [B]
  Buffer<float> log_marginal_;            // [C]
  Matrix<float> balance_;                 // [2 × C] the balancer's gradient for each view
  std::vector<double> block_loss_;
  FixedArray<Scratch> scratch_;
  FixedArray<UpdateScratch> update_scratch_;
};

}  // namespace shoal
