using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;

namespace MultiExit.Engine.Transport;

/// <summary>The sockets that a service manager has opened for this process (LISTEN_FDS of sd_listen_fds(3)), and those that it keeps for the next one
/// (FDSTORE= of sd_notify(3)). Thread-safe. Docs: docs/decisions/0114-a-restart-finds-the-sockets-in-the-store.md.</summary>
public sealed class ServiceSockets : IDisposable
{
    private const int FirstDescriptor = 3, MaxDescriptors = 4096;

    private readonly Lock _lock = new();
    private readonly ServiceStore? _store;
    private readonly int _room;
    private readonly Dictionary<string, ServiceSocket> _claimed = new(StringComparer.Ordinal);
    private readonly HashSet<string> _unitPurposes = new(StringComparer.Ordinal);
    private readonly HashSet<string> _stored = new(StringComparer.Ordinal);
    private List<ServiceSocket> _given;
    private IReadOnlyList<(string Purpose, SafeHandle Handle)> _kept = [];
    private bool _began, _left;

    internal ServiceSockets(IEnumerable<ServiceSocket> given, ServiceStore? store, int room)
    {
        _given = [.. given];
        _store = store;
        _room = room;
    }

    /// <summary>Called with the reason, a part of a sentence, where sockets cannot be kept.</summary>
    internal Action<string>? NotKept { get; set; }

    /// <summary>Reads LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES, NOTIFY_SOCKET and FDSTORE, and takes the first three out of the environment: they
    /// are for this process alone.</summary>
    /// <returns>Null where the manager gives nothing and keeps nothing.</returns>
    public static ServiceSockets? FromEnvironment()
    {
        if (!OperatingSystem.IsLinux()) return null;
        bool isOurs = Variable("LISTEN_PID") == Text(Environment.ProcessId);
        string[] names = Variable("LISTEN_FDNAMES")?.Split(':') ?? [];
        int count = isOurs ? Math.Min(Number("LISTEN_FDS"), MaxDescriptors) : 0;
        foreach (string own in (string[])["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"]) Environment.SetEnvironmentVariable(own, null);
        List<ServiceSocket> given = [];
        for (int i = 0; i < count; i++)
            if (ServiceSocket.TryTake(FirstDescriptor + i, i < names.Length ? names[i] : "") is { } socket) given.Add(socket);
        int room = Number("FDSTORE");
        ServiceStore? store = room > 0 ? ServiceStore.TryConnect(Variable("NOTIFY_SOCKET")) : null;
        return given.Count == 0 && store is null ? null : new ServiceSockets(given, store, room);
    }

    /// <summary>From here on the store has the sockets of the configuration in force. Before, the process was not the service's main one, or might have
    /// failed.</summary>
    public void Begin()
    {
        lock (_lock)
        {
            _began = true;
            Update();
        }
    }

    /// <summary>Another process is the service from here on: the store is its own.</summary>
    public void Leave()
    {
        lock (_lock) _left = true;
    }

    /// <summary>Closes what nobody has taken. What the store has stays there.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _left = true;
            foreach (ServiceSocket socket in _given.Concat(_claimed.Values)) socket.Descriptor.Dispose();
            _given = [];
            _claimed.Clear();
            _store?.Dispose();
        }
    }

    /// <summary>Finds the sockets that a configuration needs among those that were given, and closes the others, in the store as well: their ports
    /// would not be free. Once, before the first one is bound.</summary>
    /// <returns>The addresses of socket units that are not needed.</returns>
    internal IReadOnlyList<IPEndPoint> Claim(IReadOnlyList<SocketWish> wishes)
    {
        lock (_lock)
        {
            if (_given.Count == 0) return [];
            // A socket of a unit may be in the store as well, if a process that took over put it there: the unit's is the one.
            List<ServiceSocket> left = [.. _given.OrderBy(socket => socket.IsStored)];
            foreach (SocketWish wish in wishes)
            {
                if (left.Find(wish.IsMetBy) is not { } met) continue;
                left.Remove(met);
                _claimed[wish.Purpose] = met;
                if (met.IsStored) _stored.Add(met.Name);
                else _unitPurposes.Add(wish.Purpose);
            }
            _given = [];
            Drop(left, [.. _claimed.Values.Concat(left).Where(socket => !socket.IsStored).Select(socket => socket.EndPoint)]);
            return [.. left.Where(socket => !socket.IsStored).Select(socket => socket.EndPoint)];
        }
    }

    /// <summary>The socket for a purpose; null where none was given.</summary>
    internal PassedDescriptor? Take(string purpose)
    {
        lock (_lock) return _claimed.Remove(purpose, out ServiceSocket? socket) ? socket.Descriptor : null;
    }

    /// <summary>These are the sockets that the next process needs.</summary>
    internal void Keep(IReadOnlyList<(string Purpose, SafeHandle Handle)> sockets)
    {
        lock (_lock)
        {
            _kept = sockets;
            if (_began) Update();
        }
    }

    private void Drop(List<ServiceSocket> sockets, HashSet<IPEndPoint> ofUnits)
    {
        foreach (ServiceSocket socket in sockets)
        {
            if (socket.IsStored)
            {
                _store?.Remove(socket.Name);
                // The manager closes its own a little later, and until then nobody could listen there.
                if (!socket.IsDatagram && !ofUnits.Contains(socket.EndPoint)) socket.EndListening();
            }
            socket.Descriptor.Dispose();
        }
        if (sockets.Exists(socket => socket.IsStored)) _store?.WaitForAll();
    }

    private void Update()
    {
        if (_store is null || _left) return;
        Dictionary<string, SafeHandle> wanted = new(StringComparer.Ordinal);
        foreach ((string purpose, SafeHandle handle) in _kept)
            if (!_unitPurposes.Contains(purpose)) wanted[ServiceStore.NameOf(purpose)] = handle;
        string? failure = null;
        // First, since the store takes no socket twice, by whatever name.
        foreach (string gone in _stored.Where(name => !wanted.ContainsKey(name)).ToArray())
        {
            failure ??= _store.Remove(gone);
            _stored.Remove(gone);
        }
        foreach ((string name, SafeHandle handle) in wanted.Where(each => !_stored.Contains(each.Key)))
        {
            string? fault = _stored.Count < _room ? _store.Add(name, handle)
                : $"there is room for {Text(_room)} (FileDescriptorStoreMax=), and there are {Text(wanted.Count)}";
            failure ??= fault;
            if (fault is null) _stored.Add(name);
        }
        if (failure is not null) NotKept?.Invoke(failure);
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name);

    private static int Number(string name) => int.TryParse(Variable(name), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0;

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
