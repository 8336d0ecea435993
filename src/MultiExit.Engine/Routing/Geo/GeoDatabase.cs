using System.Diagnostics.CodeAnalysis;
using System.Net;
using MaxMind.Db;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Files;

namespace MultiExit.Engine.Routing.Geo;

/// <summary>A database of addresses. It is read whole, so that a file that changes in place cannot pull it away, and swapped when another file
/// stands at its path. Thread-safe.</summary>
/// <param name="path">The file.</param>
[SuppressMessage("Design", "CA1001", Justification = "A reader of a stream holds nothing but memory, and others may be looking into it.")]
internal sealed class GeoDatabase(string path)
{
    private volatile Reader? _reader;
    private volatile string? _problem;
    private (long Length, DateTime Written) _seen;

    /// <summary>The file.</summary>
    public string Path => path;

    /// <summary>Why what stands there now is not in use; null: it is.</summary>
    public string? Problem => _problem;

    /// <summary>Reads the file.</summary>
    /// <exception cref="ProxyException">It cannot be read, or is no such database.</exception>
    public void Open()
    {
        if (TryRead() is { } problem) throw new ProxyException(ProxyError.InvalidConfiguration, $"the database {path} {problem}");
    }

    /// <summary>Reads the file again where it has changed.</summary>
    public void Look(EngineLog log)
    {
        try
        {
            using FileStream file = RegularFile.OpenRead(path);
            if ((RandomAccess.GetLength(file.SafeFileHandle), File.GetLastWriteTimeUtc(file.SafeFileHandle)) == _seen) return;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The one that was read stays.
            return;
        }
        string? before = _problem;
        _problem = TryRead();
        if (_problem is null) log.GeoDatabaseRead(path);
        else if (_problem != before) log.GeoDatabaseFaulty(path, _problem);
    }

    /// <summary>What is known of an address; null: nothing.</summary>
    public GeoRecord? Find(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        try
        {
            return _reader?.Find<GeoRecord>(address);
        }
        catch (Exception exception) when (exception is InvalidDatabaseException or DeserializationException or ArgumentException)
        {
            // A damaged record, or an address of a family that the database has none of.
            return null;
        }
    }

    private string? TryRead()
    {
        try
        {
            using FileStream file = RegularFile.OpenRead(path);
            _seen = (RandomAccess.GetLength(file.SafeFileHandle), File.GetLastWriteTimeUtc(file.SafeFileHandle));
            if (_seen.Length > GeoIpConfig.MaxBytes) return $"has more than {GeoIpConfig.MaxBytes >> 20} MiB";
            // The one before goes when nobody looks into it any more.
            _reader = new Reader(file);
            return null;
        }
        catch (Exception exception) when (exception is InvalidDatabaseException or DeserializationException or OverflowException or ArgumentException)
        {
            return "is no MaxMind DB";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return FileProblem.Of(exception);
        }
    }
}
