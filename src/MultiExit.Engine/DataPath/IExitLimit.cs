namespace MultiExit.Engine.DataPath;

/// <summary>The limits of an exit, as those see them who dial it. Thread-safe.</summary>
internal interface IExitLimit
{
    /// <summary>Why no new connection may go to it now, in a sentence; null: it may.</summary>
    string? Reached { get; }

    /// <summary>Begins a dial.</summary>
    /// <returns>Why there is none; null: it counts until <see cref="End"/>.</returns>
    string? Begin();

    /// <summary>A dial has ended; the session that it may have come to counts by itself.</summary>
    void End();
}
