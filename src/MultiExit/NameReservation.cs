namespace MultiExit;

/// <summary>A name that is kept for a server while it starts, and freed unless the server has it then.</summary>
internal sealed class NameReservation(string name) : IDisposable
{
    private bool _isUsed;

    /// <summary>The name.</summary>
    public string Name => name;

    /// <summary>Lists the server under the name.</summary>
    public void Use(RunningServer server)
    {
        ServerRegistry.Add(server);
        _isUsed = true;
    }

    public void Dispose()
    {
        if (!_isUsed) ServerRegistry.Release(name);
        _isUsed = true;
    }
}
