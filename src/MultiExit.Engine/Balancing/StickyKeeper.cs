namespace MultiExit.Engine.Balancing;

/// <summary>Writes the state files of sticky groups: beside the data path, now and then, and at the end.</summary>
internal sealed class StickyKeeper : IAsyncDisposable
{
    /// <summary>What a crash may lose.</summary>
    internal static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private readonly Lock _saving = new();
    private readonly Action<string, string?> _saved;
    private readonly ITimer _timer;
    private IReadOnlyList<StickyFile> _files = [];

    /// <param name="time">The clock.</param>
    /// <param name="saved">Called for each file that was to be written, with the reason when it could not be.</param>
    public StickyKeeper(TimeProvider time, Action<string, string?> saved)
    {
        _saved = saved;
        _timer = time.CreateTimer(_ => Save(), null, Interval, Interval);
    }

    /// <summary>Keeps these files from now on; a problem with one of them shows at once.</summary>
    /// <returns>The paths of those that are no longer kept: they have been written for the last time, where they could be.</returns>
    public IReadOnlyList<string> Use(IReadOnlyList<StickyFile> files)
    {
        lock (_saving)
        {
            Save();
            string[] gone = [.. _files.Select(file => file.Path).Except(files.Select(file => file.Path), StringComparer.Ordinal)];
            _files = files;
            Save();
            return gone;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync().ConfigureAwait(false);
        Save();
    }

    private void Save()
    {
        lock (_saving)
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
                _saved(file.Path, problem);
            }
        }
    }
}
