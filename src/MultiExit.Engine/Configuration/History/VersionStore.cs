using System.Runtime.InteropServices;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Files;

namespace MultiExit.Engine.Configuration.History;

/// <summary>The history of one server, the only writer of the folder, which it holds by a lock on a file in it. Not thread-safe: code that
/// changes the configuration has the server's lock.</summary>
internal sealed class VersionStore : IDisposable
{
    private const string LockFile = "lock";
    private const int MaxLine = 900;

    private readonly FileLock? _lock;
    private int _next;
    private bool _isDamaged;

    private VersionStore(HistoryFolder folder, FileLock? @lock)
    {
        Folder = folder;
        _lock = @lock;
        CheckedRecord<HistoryState> record = folder.ReadState();
        State = record.Value;
        IsFromCopy = _isDamaged = record.State == CheckedState.FromCopy;
        _next = folder.Numbers().Append(State?.Current ?? 0).Append(State?.Pending?.Number ?? 0).Max() + 1;
    }

    public HistoryFolder Folder { get; }

    /// <summary>The state that the last server left, and later the one that this server saved; null at first.</summary>
    public HistoryState? State { get; private set; }

    /// <summary>Whether the state that the last server left was damaged, so that <see cref="State"/> is its copy.</summary>
    public bool IsFromCopy { get; }

    /// <summary>The lock, to hand it to another process; null: there is none.</summary>
    public SafeHandle? Handle => _lock?.Handle;

    /// <summary>Opens the history of a configuration.</summary>
    /// <param name="config">Where it is.</param>
    /// <param name="passed">The lock, where another process has handed it over.</param>
    /// <exception cref="ProxyException">The folder cannot be used, or another server uses it.</exception>
    public static VersionStore Open(HistoryConfig config, SafeHandle? passed = null)
    {
        HistoryFolder folder = new(config.Directory);
        folder.Prepare();
        FileLock? held = passed is null ? Lock(folder) : new FileLock(passed);
        try
        {
            return new VersionStore(folder, held);
        }
        catch
        {
            held?.Dispose();
            throw;
        }
    }

    /// <summary>Keeps a new version.</summary>
    /// <param name="document">Its text.</param>
    /// <param name="draft">What is known of it but for number and hash.</param>
    /// <exception cref="ProxyException">It cannot be written.</exception>
    public ConfigVersion Add(ConfigDocument document, ConfigVersion draft)
    {
        ConfigVersion version = draft with { Number = _next, File = document.File, Sha256 = document.Sha256, Check = Line(draft.Check) };
        try
        {
            Try(() => Folder.Write(version, document.Text));
            _next++;
            return version;
        }
        catch (ProxyException)
        {
            Folder.DeleteIfPossible(version.Number);
            throw;
        }
    }

    /// <exception cref="ProxyException">It cannot be written.</exception>
    public void Update(ConfigVersion version) => Try(() => Folder.Write(version with { Check = Line(version.Check) }));

    /// <exception cref="ProxyException">It cannot be deleted.</exception>
    public void Remove(int number) => Try(() => Folder.Delete(number));

    /// <summary>Keeps what a start has to know. Writes nothing when the state is the same: a start without changes needs no room on the
    /// disk.</summary>
    /// <exception cref="ProxyException">It cannot be written.</exception>
    public void Save(HistoryState state)
    {
        if (state == State && !_isDamaged) return;
        Try(() => Folder.Write(state));
        State = state;
        _isDamaged = false;
    }

    /// <summary>Keeps what a start has to know of the fleet.</summary>
    /// <exception cref="ProxyException">It cannot be written.</exception>
    public void Save(FollowedVersion record) => Try(() => Folder.Write(record));

    /// <summary>Deletes the oldest versions, never one that a start may need.</summary>
    /// <exception cref="ProxyException">They cannot be deleted.</exception>
    public void Prune(int keep) => Try(() =>
    {
        int[] needed = [State?.Current ?? 0, State?.Pending?.Number ?? 0, State?.Pending?.Previous ?? 0];
        foreach (int number in Folder.Numbers().OrderDescending().Skip(keep).Except(needed)) Folder.Delete(number);
    });

    /// <summary>Another process has had the folder and does not go on: what it wrote as the state is taken back, and its versions stay.</summary>
    /// <exception cref="ProxyException">It cannot be written.</exception>
    public void Refresh()
    {
        _next = Math.Max(_next, Folder.Numbers().DefaultIfEmpty().Max() + 1);
        if (State is not { } ours) return;
        State = Folder.ReadState().Value;
        Save(ours);
    }

    /// <summary>Writes no more; another process that has the lock keeps it.</summary>
    public void Leave() => _lock?.Leave();

    public void Dispose() => _lock?.Dispose();

    // Null on a disk without room for it.
    private static FileLock? Lock(HistoryFolder folder)
    {
        try
        {
            return FileLock.Take(Path.Combine(folder.Path, LockFile));
        }
        catch (IOException exception) when (DiskFull.Is(exception))
        {
            return null;
        }
        catch (IOException exception) when (FileClaim.IsTaken(exception))
        {
            throw folder.Fault("is in use by another server; give each server a folder of its own", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw folder.Fault($"cannot be written: {exception.Message}", exception);
        }
    }

    private static string Line(string text) =>
        string.Concat((text.Length > MaxLine ? text[..MaxLine] : text).Select(c => char.IsControl(c) ? ' ' : c));

    private void Try(Action write)
    {
        try
        {
            write();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Folder.Fault($"cannot be written: {exception.Message}", exception);
        }
    }
}
