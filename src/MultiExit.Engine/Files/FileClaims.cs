using System.Runtime.InteropServices;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Files;

/// <summary>The files that a server holds. A change claims those that are new before it is in force, and gives back afterwards those that
/// are no longer used.</summary>
internal sealed class FileClaims : IDisposable
{
    private readonly Dictionary<string, FileClaim> _held = new(StringComparer.Ordinal);

    /// <summary>Finds the lock of a file that another process has handed over; null: there is none.</summary>
    public Func<string, SafeHandle?>? Passed { get; init; }

    /// <summary>The locks, to hand them to another process.</summary>
    public IEnumerable<(string Path, SafeHandle Handle)> Handles =>
        from claim in _held.Values let handle = claim.Handle where handle is not null select (claim.Path, handle);

    /// <summary>Claims the files that are not held yet.</summary>
    /// <param name="files">All files of a configuration, each with its purpose for an error.</param>
    /// <returns>Those that are new, for <see cref="Keep"/>; disposed each when the change is refused.</returns>
    /// <exception cref="ProxyException">Another server has one of them, or it cannot be locked.</exception>
    public IReadOnlyList<FileClaim> Take(IEnumerable<(string Path, string What)> files)
    {
        List<FileClaim> taken = [];
        try
        {
            foreach ((string path, string what) in files)
                if (!_held.ContainsKey(path)) taken.Add(Passed?.Invoke(path) is { } passed ? FileClaim.Adopt(path, passed) : Take(path, what));
            return taken;
        }
        catch
        {
            foreach (FileClaim claim in taken) claim.Dispose();
            throw;
        }
    }

    /// <summary>Holds these files from here on, and no others.</summary>
    /// <param name="taken">The claims of <see cref="Take(IEnumerable{ValueTuple{string, string}})"/>.</param>
    /// <param name="paths">All files of the configuration.</param>
    public void Keep(IReadOnlyList<FileClaim> taken, IReadOnlySet<string> paths)
    {
        foreach (FileClaim claim in taken) _held[claim.Path] = claim;
        foreach (string gone in _held.Keys.Where(path => !paths.Contains(path)).ToArray())
        {
            _held[gone].Dispose();
            _held.Remove(gone);
        }
    }

    /// <summary>Holds nothing any more; another process that has the locks keeps them.</summary>
    public void Leave()
    {
        foreach (FileClaim claim in _held.Values) claim.Leave();
        _held.Clear();
    }

    public void Dispose() => Keep([], new HashSet<string>(StringComparer.Ordinal));

    private static FileClaim Take(string path, string what)
    {
        try
        {
            return FileClaim.TryTake(path) ?? throw new ProxyException(ProxyError.InvalidConfiguration,
                $"{what}: {path} is in use by another server; give each server a file of its own");
        }
        catch (DirectoryNotFoundException exception)
        {
            throw new ProxyException(ProxyError.InvalidConfiguration,
                $"{what}: {path} cannot be written: its folder {Path.GetDirectoryName(path)} is not there; create it, writable for the server", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ProxyException(ProxyError.InvalidConfiguration,
                $"{what}: {path} cannot be written: its lock {path}{FileClaim.Suffix} cannot be made: {exception.Message}",
                exception);
        }
    }
}
