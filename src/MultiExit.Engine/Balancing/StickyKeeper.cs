namespace MultiExit.Engine.Balancing;

/// <summary>Writes the state files of sticky groups: beside the data path, now and then, and at the end.</summary>
internal sealed class StickyKeeper : IAsyncDisposable
{
    /// <summary>What a crash may lose.</summary>
    internal static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private readonly Action<string, string> _failed;
    private readonly ITimer _timer;
    private readonly HashSet<string> _failing = new(StringComparer.Ordinal);
    private volatile IReadOnlyList<StickyFile> _files = [];

    /// <param name="time">The clock.</param>
    /// <param name="failed">Told of a file that cannot be written, and why; once until it can be again.</param>
    public StickyKeeper(TimeProvider time, Action<string, string> failed)
    {
        _failed = failed;
        _timer = time.CreateTimer(_ => Save(), null, Interval, Interval);
    }

    /// <summary>Keeps these files from now on; a problem with one of them shows at once.</summary>
    public void Use(IReadOnlyList<StickyFile> files)
    {
        Save();
        _files = files;
        Save();
    }

    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync().ConfigureAwait(false);
        Save();
    }

    private void Save()
    {
        foreach (StickyFile file in _files)
        {
            string? problem = null;
            try
            {
                file.Save();
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                problem = exception.Message;
            }
            lock (_failing)
            {
                if (problem is null) _failing.Remove(file.Path);
                else if (_failing.Add(file.Path)) _failed(file.Path, problem);
            }
        }
    }
}
