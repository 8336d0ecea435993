namespace MultiExit.Engine.Tls.Ech;

/// <summary>The source of the ECH config of a server. Thread-safe; ask again for every connection.</summary>
internal interface IEchConfigSource
{
    /// <summary>The config to use now. That there is none is a result, never an exception; only cancellation throws. Every wait in
    /// it is bounded.</summary>
    ValueTask<EchConfigResult> GetAsync(CancellationToken cancellationToken);
}
