using MultiExit.Engine.Configuration.Reading;

namespace MultiExit.Engine.Configuration;

/// <summary>Looks at one file and reports when it has changed and settled.</summary>
/// <remarks>It looks at what the path leads to, twice a second, instead of listening to the folder: then it makes no difference whether the
/// file is written, replaced by rename, deleted and created again, reached through links that change, or lies on a network, and what else
/// happens in the folder is not seen at all. A change counts when two looks in a row see the same, so that a file that is being written is
/// not read half-way.</remarks>
internal sealed class FileWatch : IAsyncDisposable
{
    internal static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly string _path;
    private readonly Func<DocumentFile, Task<bool>> _changed;
    private readonly SemaphoreSlim _looking = new(1, 1);
    private readonly ITimer _timer;
    private DocumentFile? _last;
    private DocumentFile? _told;

    /// <param name="path">The file.</param>
    /// <param name="time">The clock.</param>
    /// <param name="changed">Called at the first look and at each change; when it returns false, it is called again at the next look. It
    /// does not throw.</param>
    public FileWatch(string path, TimeProvider time, Func<DocumentFile, Task<bool>> changed)
    {
        _path = path;
        _changed = changed;
        _timer = time.CreateTimer(_ => _ = LookAsync(), null, Interval, Interval);
    }

    /// <summary>One look.</summary>
    internal async Task LookAsync()
    {
        // The previous look is not done yet.
        if (!await _looking.WaitAsync(TimeSpan.Zero).ConfigureAwait(false)) return;
        try
        {
            DocumentFile now = DocumentFile.Read(_path);
            bool settled = now == _last;
            _last = now;
            if (settled && now != _told && await _changed(now).ConfigureAwait(false)) _told = now;
        }
        finally
        {
            _looking.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync().ConfigureAwait(false);
        await _looking.WaitAsync().ConfigureAwait(false);
    }
}
