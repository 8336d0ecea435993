namespace MultiExit.Engine.Transport;

/// <summary>What has come from the process before, by what it is for; what nobody takes is closed. Thread-safe.</summary>
internal sealed class PassedDescriptors(IEnumerable<KeyValuePair<string, PassedDescriptor>> passed) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, PassedDescriptor> _left = new(passed, StringComparer.Ordinal);

    /// <summary>Takes the descriptor for a purpose; null where there is none.</summary>
    public PassedDescriptor? Take(string purpose)
    {
        lock (_lock) return _left.Remove(purpose, out PassedDescriptor? found) ? found : null;
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (PassedDescriptor descriptor in _left.Values) descriptor.Dispose();
            _left.Clear();
        }
    }
}
