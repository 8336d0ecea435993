namespace MultiExit.Engine.DataPath;

/// <summary>An exit that keeps connections of its own.</summary>
internal interface IRetirable : IAsyncDisposable
{
    /// <summary>The connections that live now.</summary>
    int ConnectionCount { get; }

    /// <summary>The exit is in force now: opens its first connection, so that what is wrong with it is known before the first request.</summary>
    void Open();

    /// <summary>A reload has taken the exit out of force: it opens nothing new by itself and closes each connection with its last
    /// stream. Dials that began before may still come.</summary>
    void Retire();
}
