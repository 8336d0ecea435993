namespace MultiExit.Engine.Transport;

/// <summary>Turns names into addresses. Thread-safe.</summary>
internal interface INameResolver
{
    /// <summary>Resolves a name. A name that does not resolve is a result, never an exception; only cancellation throws.</summary>
    ValueTask<NameResult> ResolveAsync(string name, CancellationToken cancellationToken);
}
