// One step of all heads on the CPU: head by head, blocks of rows in parallel, one head's B × C at a time.
#pragma once

#include <algorithm>
#include <optional>
#include <vector>

#include <shoal/backend/cpu.hpp>
#include <shoal/heads/cpu/batch_statistics.hpp>
#include <shoal/heads/cpu/update.hpp>

namespace shoal {

/// For each head: a survey of the partners' rows where the objective asks for their marginal or agreement
/// (for TEMI of all heads first), a survey of the student's rows where a balancer asks for their marginal;
/// then each group of rows forward, through the loss and backward while its logits are in cache; then
/// gradients of the parameters and their update, tile by tile. Work is cut by rows and by parameters, never
/// by threads, and sums over the batch are merged in the order of blocks: the same bits for any number of
/// threads, and whether or not partners' rows are kept.
template <Objective Obj, Balancer Bal> class CpuStep {
 public:
  /// Works on `state` directly; it must outlive the engine.
  CpuStep(const Heads<Obj, Bal>& settings, HeadState& state, const Cpu& cpu)
      : settings_(settings),
        state_(state),
        cpu_(cpu),
        keeps_(plan(settings, state.shape.features, cpu.threads(), cpu.memory()).partner_rows > 0),
        groups_(settings.batch, clusters(), cpu.threads(), cpu.library() != nullptr),
        batch_(static_cast<std::size_t>(groups_.count()), LeftFactor(rule())),
        student_(state.shape, true, rule()),
        teacher_(state.shape, false, rule()),
        pass_(state.shape, rows(), true),
        inputs_(static_cast<std::size_t>(state.shape.layers() + 1), PackedInput(rows(), rule())),
        logits_(rows(), clusters()),
        kept_(keeps_ ? rows() * surveyed_heads() : 0, clusters()),
        own_(settings.batch, clusters()),
        heads_agreement_(static_cast<std::size_t>(settings.batch), 1.f),
        log_marginal_(static_cast<std::size_t>(clusters())),
        balance_(2, clusters()),
        loss_(static_cast<std::size_t>(groups_.blocks())),
        update_scratch_(static_cast<std::size_t>(cpu.threads()), UpdateScratch{LeftFactor(rule()), {}, {}}) {
    for (Index h = 0; h < surveyed_heads(); ++h) partners_.emplace_back(settings.batch, clusters());
    for (int worker = 0; worker < cpu.threads(); ++worker)
      scratch_.emplace_back(state.shape, groups_.most_rows(), keeps_, rule());
  }

  void sync() {}

  void step(MatrixView<const float> batch, const StepControl& control, StepReport& report) {
    const Index H = state_.shape.heads;
    report.loss.assign(static_cast<std::size_t>(H), 0);
    report.labels.resize(static_cast<std::size_t>(H * rows()));
    each_group([&](const PairGroup& g, Scratch&) {
      batch_[static_cast<std::size_t>(g.blocks.index)].pack({batch.block(g.first, g.count), false});
    });
    cpu_.each_task(inputs_[0].chunks(), [&](Index chunk, int) { inputs_[0].pack(chunk, batch); });
    if constexpr (Obj::agreement == Agreement::heads) survey_all_heads();
    const ParameterSteps steps = parameter_steps(control);
    for (Index h = 0; h < H; ++h) {
      report.loss[static_cast<std::size_t>(h)] = learn(h, report.labels.data() + h * rows());
      pack_inputs();
      HeadUpdate(state_, h, inputs_, pass_, logits_, steps).run(cpu_, update_scratch_);
    }
  }

 private:
  /// One thread's room for a group of rows.
  struct Scratch {
    Scratch(const HeadShape& shape, Index group_rows, bool keeps, ProductRule rule)
        : left(rule),
          pass(shape, group_rows, false),
          logits(Obj::teacher && !keeps ? group_rows : 0, shape.clusters),
          rows(4, shape.clusters),
          backward{LeftFactor(rule), {}} {}
    LeftFactor left;
    HeadPass pass;         // of teachers, whose activations nobody needs later
    Matrix<float> logits;  // of teachers, where they are not kept
    Matrix<float> rows;    // two rows of probabilities, two of gradients
    BackwardScratch backward;
  };

  // A survey of the student is made for a balancer, and, without a teacher, for what the objective asks of
  // partners.
  static constexpr bool surveys_teacher = Obj::teacher && surveys_partners<Obj>;
  static constexpr bool surveys_student = Bal::active || (!Obj::teacher && surveys_partners<Obj>);
  static constexpr bool all_heads_first = Obj::agreement == Agreement::heads;
  static_assert(Obj::teacher || !all_heads_first,
                "an agreement over all heads needs teachers, which are constants");

  [[nodiscard]] ProductRule rule() const { return {settings_.precision, cpu_.library()}; }
  [[nodiscard]] Index clusters() const { return state_.shape.clusters; }
  [[nodiscard]] Index rows() const { return 2 * settings_.batch; }
  [[nodiscard]] Index surveyed_heads() const { return all_heads_first ? state_.shape.heads : 1; }
  [[nodiscard]] std::size_t slot(Index h) const { return static_cast<std::size_t>(all_heads_first ? h : 0); }
  /// The survey of those whom head h's student meets.
  [[nodiscard]] const BatchStatistics& partners(Index h) const {
    return Obj::teacher ? partners_[slot(h)] : own_;
  }
  [[nodiscard]] float student_scale() const { return static_cast<float>(1 / settings_.student_temperature); }
  [[nodiscard]] float partner_scale() const {
    return static_cast<float>(1 /
                              (Obj::teacher ? settings_.teacher_temperature : settings_.student_temperature));
  }
  [[nodiscard]] MatrixView<float> kept(Index h, const PairGroup& g) {
    return kept_.view().block(static_cast<Index>(slot(h)) * rows() + g.first, g.count);
  }

  template <class F> void each_group(F&& f) {
    cpu_.each_task(groups_.count(),
                   [&](Index g, int worker) { f(groups_[g], scratch_[static_cast<std::size_t>(worker)]); });
  }
  [[nodiscard]] const LeftFactor& packed_batch(const PairGroup& g) const {
    return batch_[static_cast<std::size_t>(g.blocks.index)];
  }

  [[nodiscard]] ParameterSteps parameter_steps(const StepControl& c) const {
    const auto adam = [&](double decay, Index updates) {
      return AdamStep(settings_.optimizer, c.rate, decay, updates);
    };
    const double decay = settings_.weight_decay;
    return {adam(decay, c.updates), adam(0, c.updates), adam(decay, c.last_updates), c.last_frozen,
            static_cast<float>(settings_.teacher_momentum)};
  }

  void pack(Index h, bool student, bool teacher) {
    const HeadView<const float> s{&state_.shape, state_.student.data(), h},
        t{&state_.shape, state_.teacher.data(), h};
    const Index tasks = student_.tasks(), first = student ? tasks : 0;
    cpu_.each_task(first + (teacher ? tasks : 0), [&](Index task, int) {
      if (task < first)
        student_.pack(task, s);
      else
        teacher_.pack(task - first, t);
    });
  }

  /// What the layers after the first read.
  void pack_inputs() {
    const Index chunks = inputs_[0].chunks(), layers = state_.shape.layers();
    cpu_.each_task(chunks * layers, [&](Index task, int) {
      const Index l = 1 + task / chunks;
      inputs_[static_cast<std::size_t>(l)].pack(task % chunks,
                                                l < layers ? pass_.hidden(l - 1) : pass_.unit());
    });
  }

  void student_forward(const PairGroup& g, Scratch& own) {
    forward(student_, packed_batch(g), pass_.rows(g.first, g.count), own.left);
    last_layer(student_, own.left, logits_.view().block(g.first, g.count));
  }
  void teacher_forward(const PairGroup& g, Scratch& own, MatrixView<float> logits) {
    forward(teacher_, packed_batch(g), own.pass.rows(0, g.count), own.left);
    last_layer(teacher_, own.left, logits);
  }
  [[nodiscard]] MatrixView<float> teacher_rows(Index h, const PairGroup& g, Scratch& own) {
    return keeps_ ? kept(h, g) : own.logits.view().block(0, g.count);
  }

  void survey_teacher(Index h) {
    BatchStatistics& survey = partners_[slot(h)];
    each_group([&](const PairGroup& g, Scratch& own) {
      const MatrixView<float> logits = teacher_rows(h, g, own);
      teacher_forward(g, own, logits);
      survey.add(g, logits, partner_scale(), own.rows);
    });
    survey.merge();
    move_marginal(h, survey.mean());
  }

  void survey_student(Index h) {
    each_group([&](const PairGroup& g, Scratch& own) {
      student_forward(g, own);
      own_.add(g, logits_.view().block(g.first, g.count), student_scale(), own.rows);
    });
    own_.merge();
    if (!Obj::teacher) move_marginal(h, own_.mean());
  }

  void survey_all_heads() {
    std::vector<double> sum(heads_agreement_.size(), 0.0);
    for (Index h = 0; h < state_.shape.heads; ++h) {
      pack(h, false, true);
      survey_teacher(h);
      const float* agreement = partners_[slot(h)].agreement();
      for (std::size_t b = 0; b < sum.size(); ++b) sum[b] += static_cast<double>(agreement[b]);
    }
    for (std::size_t b = 0; b < sum.size(); ++b)
      heads_agreement_[b] = static_cast<float>(sum[b] / static_cast<double>(state_.shape.heads));
  }

  /// m ← momentum m + (1 − momentum) · the mean of both views.
  void move_marginal(Index h, const Matrix<float>& mean) {
    if (!Obj::marginal) return;
    const auto momentum = static_cast<float>(settings_.marginal_momentum);
    float* m = state_.marginal.row(h);
    for (Index c = 0; c < clusters(); ++c)
      m[c] = m[c] * momentum + (1 - momentum) * 0.5f * (mean(0, c) + mean(1, c));
  }

  /// Head h from its surveys to the gradients of logits and the deltas of all layers. Returns its loss.
  double learn(Index h, Label* labels) {
    pack(h, true, Obj::teacher && !(all_heads_first && keeps_));
    if constexpr (surveys_teacher && !all_heads_first) survey_teacher(h);
    if constexpr (surveys_student) survey_student(h);
    const CpuTeam team{clusters()};
    if constexpr (Obj::marginal) {
      const float* m = state_.marginal.row(h);
      float* out = log_marginal_.data();
      team.each(
          [=](auto c) { c.store(out, log(vector_max(c.load(m), broadcast<decltype(c.load(m))>(1e-30f)))); });
    }
    double penalty = 0;
    if constexpr (Bal::active)
      for (Index view = 0; view < 2; ++view)
        penalty += 0.5 * static_cast<double>(
                             settings_.balancer.penalty(team, own_.mean().row(view), balance_.row(view)));
    const float batch_agreement = Obj::agreement == Agreement::batch ? partners(h).mean_agreement() : 1.f;
    each_group([&](const PairGroup& g, Scratch& own) {
      if (!surveys_student) student_forward(g, own);
      const MatrixView<float> student = logits_.view().block(g.first, g.count);
      MatrixView<float> partner = student;
      if (Obj::teacher) {
        partner = teacher_rows(h, g, own);
        if (!keeps_) teacher_forward(g, own, partner);
      }
      g.each_block([&](Index block, PairRows r, Index at) {
        loss_[static_cast<std::size_t>(block)] = descend(
            h, r, student.block(at, r.count()), partner.block(at, r.count()), batch_agreement, own, labels);
      });
      backward(student_, student, g.first, pass_, own.backward);
    });
    double sum = 0;
    for (const double part : loss_) sum += part;
    return sum / static_cast<double>(rows()) + penalty;
  }

  /// The loss of a block's rows, summed; their logits give way to the gradients.
  double descend(Index h, PairRows r, MatrixView<float> student, MatrixView<const float> partner,
                 float batch_agreement, Scratch& own, Label* labels) {
    const Index C = clusters();
    const CpuTeam team{C};
    const float factor = student_scale() / static_cast<float>(rows() * state_.shape.heads);
    double loss = 0;
    for (Index i = 0; i < r.pairs; ++i) {
      const Index at[2] = {i, r.pairs + i};
      float norm[2], partner_norm[2];
      for (int v = 0; v < 2; ++v) {
        const float* row = student.row(at[v]);
        norm[v] = softmax(team, row, student_scale(), own.rows.row(v));
        labels[v * settings_.batch + r.first / 2 + i] = static_cast<Label>(argmax(row, C));
        if (surveys_teacher)
          partner_norm[v] = partners(h).norm()[r.first + at[v]];
        else if (Obj::teacher)
          partner_norm[v] = log_normaliser(team, partner.row(at[v]), partner_scale());
        else
          partner_norm[v] = norm[v];
      }
      const auto b = static_cast<std::size_t>(r.first / 2 + i);
      const float agreement = Obj::agreement == Agreement::none ? 1.f : partners(h).agreement()[b];
      for (int v = 0; v < 2; ++v) {
        const PairRow pair{{student.row(at[v]), student_scale(), norm[v]},
                           own.rows.row(v),
                           {partner.row(at[1 - v]), partner_scale(), partner_norm[1 - v]},
                           Obj::marginal ? log_marginal_.data() : nullptr,
                           agreement,
                           heads_agreement_[b],
                           batch_agreement};
        const float* balance = Bal::active ? balance_.row(v) : nullptr;
        loss += static_cast<double>(
            row_gradient(team, settings_.objective, pair, balance, factor, own.rows.row(2 + v)));
      }
      for (int v = 0; v < 2; ++v) std::copy_n(own.rows.row(2 + v), C, student.row(at[v]));
    }
    return loss;
  }

  const Heads<Obj, Bal> settings_;
  HeadState& state_;
  const Cpu cpu_;
  const bool keeps_;  // partners' rows of the survey are kept for the loss
  const PairGroups groups_;
  std::vector<LeftFactor> batch_;  // each group's rows, packed once for all heads
  PackedHead student_, teacher_;
  HeadPass pass_;                    // the student's, all rows
  std::vector<PackedInput> inputs_;  // what each layer read
  Matrix<float> logits_;             // the student's, all rows; then their gradients
  Matrix<float> kept_;
  std::vector<BatchStatistics> partners_;  // of teachers
  BatchStatistics own_;                    // of the student
  Buffer<float> heads_agreement_;          // [B]
  Buffer<float> log_marginal_;             // [C]
  Matrix<float> balance_;                  // [2 × C] the balancer's slope for each view
  std::vector<double> loss_;               // of each block
  std::vector<Scratch> scratch_;
  std::vector<UpdateScratch> update_scratch_;
};

}  // namespace shoal
