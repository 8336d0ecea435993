using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Fleet.Questions;

/// <summary>Answers the questions of other nodes, the newest ones first, and so many a second.</summary>
/// <param name="port">Finds out what to say.</param>
/// <param name="log">The log.</param>
/// <param name="time">The clock.</param>
internal sealed class SharedQuestions(QuestionPort port, EngineLog log, TimeProvider time) : IFleetWork
{
    /// <summary>The topic.</summary>
    public const string Name = "questions";

    /// <summary>How long it may take to find out one answer.</summary>
    public static readonly TimeSpan Budget = TimeSpan.FromSeconds(2);

    // Of the time that a run has; the answer that is under way then needs the rest.
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan CleanEvery = TimeSpan.FromMinutes(1);

    private readonly QuestionRate _rate = new(time);
    private Action _wake = static () => { };
    private long? _cleaned;

    public string Topic => Name;

    public TimeSpan Period => FleetTimes.Poll;

    // An answer may be long.
    public bool IsBulk => true;

    public void Start(Action wake) => _wake = wake;

    public async Task RunAsync(IFleetStore store, FleetMember member, CancellationToken cancellationToken)
    {
        if (_cleaned is not { } cleaned || time.GetElapsedTime(cleaned) >= CleanEvery)
        {
            await store.Questions.CleanAsync(member.Fleet, cancellationToken).ConfigureAwait(false);
            _cleaned = time.GetTimestamp();
        }
        int limit = _rate.Left;
        if (limit <= 0)
        {
            // There may be more; they are read when the second is over.
            _wake();
            return;
        }
        long began = time.GetTimestamp();
        IReadOnlyList<FleetQuestion> questions = await store.Questions.ReadAsync(member, limit, cancellationToken).ConfigureAwait(false);
        foreach (FleetQuestion question in questions)
        {
            if (time.GetElapsedTime(began) >= Enough) break;
            NodeReply reply = await AnswerAsync(member, question, cancellationToken).ConfigureAwait(false);
            _rate.Count();
            await store.Questions.AnswerAsync(member, question.Id, reply, cancellationToken).ConfigureAwait(false);
        }
        if (questions.Count >= limit || time.GetElapsedTime(began) >= Enough) _wake();
    }

    public void Dispose()
    {
    }

    private async Task<NodeReply> AnswerAsync(FleetMember member, FleetQuestion question, CancellationToken cancellationToken)
    {
        if (port.Answer is not { } answer) return new NodeReply(member.Node, NodeAnswerState.Unknown);
        using CancellationTokenSource over = new(Budget, time);
        using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, over.Token);
        try
        {
            CancellationToken token = ended.Token;
            NodeReply reply = await Task.Run(() => answer(question, token), token).WaitAsync(token).ConfigureAwait(false);
            return reply with { Node = member.Node };
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return Failed(member, "it was not found out in time");
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // One question that fails keeps no other one from its answer.
            FleetProblem.LogUnexpected(log, exception);
            return Failed(member, exception is ProxyException ? exception.Message : "an unexpected failure, which the log of the node has");
        }
    }

    private static NodeReply Failed(FleetMember member, string reason) =>
        new(member.Node, NodeAnswerState.Failed) { Reason = LogText.Clean(reason) };
}
