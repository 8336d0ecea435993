namespace MultiExit.Engine.Identity;

/// <summary>A place that knows users and takes a while to answer. Thread-safe.</summary>
internal interface IBackEnd : IDisposable
{
    /// <summary>How many questions it takes at once; more wait.</summary>
    int MaxAtOnce { get; }

    /// <summary>Whether its answer may depend on who asks from where: then an answer counts for the same client at the same inbound alone.</summary>
    bool LooksAtClient { get; }

    /// <summary>Asks. The answer is awaited no longer than the token lets it: one that comes later is dropped.</summary>
    /// <returns>The answer. What goes wrong on the way to it is <see cref="BackEndVerdict.Unavailable"/>; what is wrong with it,
    /// <see cref="BackEndVerdict.Unusable"/>: one login must not be able to make a back-end look as if it were away.</returns>
    Task<BackEndAnswer> AskAsync(BackEndQuestion question, CancellationToken cancellationToken);
}
