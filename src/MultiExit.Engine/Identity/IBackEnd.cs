namespace MultiExit.Engine.Identity;

/// <summary>A place that knows users and takes a while to answer. Thread-safe.</summary>
internal interface IBackEnd : IDisposable
{
    /// <summary>How many questions it takes at once; more wait.</summary>
    int MaxAtOnce { get; }

    /// <summary>Whether its answer may depend on who asks from where: then an answer counts for the same client at the same inbound alone.</summary>
    bool LooksAtClient { get; }

    /// <summary>Asks. The answer is awaited no longer than the token lets it: one that comes later is dropped.</summary>
    /// <returns>The answer; what goes wrong is <see cref="BackEndVerdict.Unavailable"/>.</returns>
    Task<BackEndAnswer> AskAsync(BackEndQuestion question, CancellationToken cancellationToken);
}
