using MultiExit.Engine.Errors;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Diagnostics;

/// <summary>The stores that cannot be written now, each with the number of failed attempts: logged once when it begins and once when it is
/// over, and a warning of the server meanwhile. Thread-safe.</summary>
internal sealed class StoreFaults(EngineLog log)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (int Failures, string Id, string Message)> _faults = new(StringComparer.Ordinal);

    /// <summary>The stores that cannot be written now.</summary>
    public IReadOnlyList<ServerWarning> Warnings
    {
        get
        {
            lock (_lock) return [.. _faults.Values.Select(fault => new ServerWarning(fault.Id,
                $"{fault.Message} ({CountText.Of(fault.Failures, "time")} since it was written last)"))];
        }
    }

    /// <summary>A store could not be written.</summary>
    /// <param name="store">The path of the store.</param>
    /// <param name="id">The id of its messages.</param>
    /// <param name="message">What is not kept, and why.</param>
    public void Failed(string store, string id, string message)
    {
        lock (_lock)
        {
            int failures = _faults.GetValueOrDefault(store).Failures + 1;
            _faults[store] = (failures, id, message);
            if (failures > 1) return;
        }
        log.StoreNotWritten(id, message);
    }

    /// <summary>A store was written.</summary>
    public void Written(string store)
    {
        int failures;
        lock (_lock)
        {
            if (!_faults.Remove(store, out (int Failures, string Id, string Message) fault)) return;
            failures = fault.Failures;
        }
        log.StoreWritten(store, failures);
    }

    /// <summary>Whether the last attempt to write a store failed.</summary>
    public bool IsFailing(string store)
    {
        lock (_lock) return _faults.ContainsKey(store);
    }

    /// <summary>Forgets a store that is no longer in use.</summary>
    public void Forget(string store)
    {
        lock (_lock) _faults.Remove(store);
    }
}
