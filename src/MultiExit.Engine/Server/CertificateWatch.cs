using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Errors;
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
            _watched = [.. made.Where(one => one.Files.Count > 0).Select(one => new Watched(one))];
            if (_watched.Count > 0) _timer ??= time.CreateTimer(_ => Look(), null, Interval, Interval);
        }
    }

    /// <summary>One look.</summary>
    internal void Look()
    {
        // The look before is not done yet.
        if (!_lock.TryEnter()) return;
        try
        {
            foreach (Watched watched in _watched) Look(watched);
        }
        finally
        {
            _lock.Exit();
        }
    }

    public void Dispose() => _timer?.Dispose();

    private void Look(Watched watched)
    {
        if (!watched.HasChanged()) return;
        string files = string.Join(", ", watched.Made.Files);
        try
        {
            watched.Made.Refresh();
            log.CertificateRead(files);
            refreshed?.Invoke(watched.Made);
        }
        catch (ProxyException exception)
        {
            log.CertificateNotRead(files, exception.Message);
        }
    }

    private sealed class Watched(IFromFiles made)
    {
        private FileStamp[] _used = Stamps(made);
        private FileStamp[]? _seen;

        public IFromFiles Made => made;

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
