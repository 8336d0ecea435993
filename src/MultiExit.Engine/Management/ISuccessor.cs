namespace MultiExit.Engine.Management;

/// <summary>A process that was started to take over.</summary>
public interface ISuccessor : IDisposable
{
    /// <summary>Ends with the process.</summary>
    /// <returns>Why it has ended, as far as that is known: a part of a sentence.</returns>
    Task<string> WhenEndedAsync();

    /// <summary>Ends it, since it does not become ready.</summary>
    void Kill();
}
