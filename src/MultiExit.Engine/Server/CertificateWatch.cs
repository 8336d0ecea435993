using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Tls;

namespace MultiExit.Engine.Server;

/// <summary>Has certificates, keys and CA files read again when they change: they are renewed by other programs, which know nothing of this one.</summary>
/// <remarks>It looks at them every two seconds, and a change counts when two looks see the same: a certificate and its key are two files, and not
/// written at once. A pair that does not fit stays unused, and is tried again with the next change of one of them.</remarks>
/// <param name="log">The log.</param>
/// <param name="time">The clock.</param>
/// <param name="refreshed">Is told of what was read again.</param>
internal sealed class CertificateWatch(EngineLog log, TimeProvider time, Action<IFromFiles>? refreshed = null) : IDisposable
{
    internal static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private List<Watched> _watched = [];
    private ITimer? _timer;

    /// <summary>What is looked at from now on.</summary>
    public void Use(IEnumerable<IFromFiles> made)
    {
        lock (_lock)
        {
            // What is still being read stays as it is, so that it is not read twice at once.
            Watched[] reading = [.. _watched.Where(watched => !watched.Reading.IsCompleted)];
            _watched = [.. made.Where(one => one.Files.Count > 0)
                .Select(one => reading.FirstOrDefault(watched => ReferenceEquals(watched.Made, one)) ?? new Watched(one))];
            if (_watched.Count > 0) _timer ??= time.CreateTimer(_ => Look(), null, Interval, Interval);
        }
    }

    /// <summary>What is being read.</summary>
    internal Task Readings
    {
        get
        {
            lock (_lock) return Task.WhenAll(_watched.Select(watched => watched.Reading));
        }
    }

    /// <summary>One look. What has changed is read each for itself, so that a file that takes long holds up nothing but what is made of it.</summary>
    internal void Look()
    {
        lock (_lock)
        {
            foreach (Watched watched in _watched)
                if (watched.Reading.IsCompleted && watched.HasChanged()) watched.Reading = Task.Run(() => Read(watched));
        }
    }

    public void Dispose() => _timer?.Dispose();

    private void Read(Watched watched)
    {
        string files = string.Join(", ", watched.Made.Files);
        try
        {
            watched.Made.Refresh();
            log.CertificateRead(files);
            refreshed?.Invoke(watched.Made);
        }
        catch (Exception exception)
        {
            // Whatever it is, what was read before stays in use, and the other files are looked at.
            log.CertificateNotRead(files, exception.Message);
        }
    }

    private sealed class Watched(IFromFiles made)
    {
        private FileStamp[] _used = Stamps(made);
        private FileStamp[]? _seen;

        public IFromFiles Made => made;

        /// <summary>The last reading, done or not.</summary>
        public Task Reading { get; set; } = Task.CompletedTask;

        /// <summary>Whether the files are others than those in use, and were the same at the last look.</summary>
        public bool HasChanged()
        {
            FileStamp[] now = Stamps(made);
            bool isSettled = _seen is not null && now.AsSpan().SequenceEqual(_seen);
            _seen = now;
            if (!isSettled || now.AsSpan().SequenceEqual(_used)) return false;
            _used = now;
            return true;
        }

        private static FileStamp[] Stamps(IFromFiles made) => [.. made.Files.Select(FileStamp.Of)];
    }
}
