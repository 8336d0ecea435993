namespace MultiExit.Engine.Fleet.Memory;

/// <summary>The changes of a store in memory.</summary>
internal sealed class MemoryFeed(MemoryTables tables) : IChangeFeed
{
    public async Task ListenAsync(string fleet, Action listening, Action<string> changed, CancellationToken cancellationToken)
    {
        TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration registration = cancellationToken.Register(ended.SetResult);
        lock (tables.Lock) tables.Listeners.Add(OnChanged);
        try
        {
            listening();
            await ended.Task.ConfigureAwait(false);
        }
        finally
        {
            lock (tables.Lock) tables.Listeners.Remove(OnChanged);
        }

        void OnChanged(string changedFleet, string topic)
        {
            if (changedFleet == fleet) changed(topic);
        }
    }
}
