using System.Collections.Concurrent;
using System.Text;
using MultiExit.Engine.Identity;

namespace MultiExit.Engine.Tests.Support;

/// <summary>A back-end whose answers a test gives: the questions are listed, and each waits for its own.</summary>
internal sealed class FakeBackEnd : IBackEnd
{
    private readonly BlockingCollection<(string Asked, TaskCompletionSource<BackEndAnswer> Answer)> _asked = [];

    public int MaxAtOnce { get; init; } = 2;

    public bool LooksAtClient { get; init; }

    /// <summary>How many questions are listed and not taken.</summary>
    public int Count => _asked.Count;

    /// <summary>Answers at once, without a list; null: the test answers.</summary>
    public Func<string, BackEndAnswer>? Rule { get; set; }

    public Task<BackEndAnswer> AskAsync(BackEndQuestion question, CancellationToken cancellationToken)
    {
        string asked = $"{question.Name}:{Encoding.UTF8.GetString(question.Secret.Span)}";
        if (Rule is { } rule) return Task.FromResult(rule(asked));
        TaskCompletionSource<BackEndAnswer> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _asked.Add((asked, answer), CancellationToken.None);
        return answer.Task;
    }

    /// <summary>The next question, as <c>name:secret</c>, and where its answer goes.</summary>
    public (string Asked, TaskCompletionSource<BackEndAnswer> Answer) Next()
    {
        Assert.True(_asked.TryTake(out (string, TaskCompletionSource<BackEndAnswer>) next, TestTransports.Patience), "no question came");
        return next;
    }

    public void Dispose() => _asked.CompleteAdding();
}
