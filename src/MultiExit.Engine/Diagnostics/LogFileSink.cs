using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;
using MultiExit.Engine.Files;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting;

namespace MultiExit.Engine.Diagnostics;

/// <summary>The files of a log: a new one each day and when one is full, the oldest deleted. Not thread-safe, except for <see
/// cref="Reopen"/>.</summary>
/// <remarks>Each message is one write to the end of the file, wherever that is: a file that another program truncates gets no hole. A
/// message that finds no room leaves no half of itself. Serilog's own sink for files does neither, and does not reopen a file that was
/// renamed.</remarks>
internal sealed class LogFileSink : ILogEventSink, IDisposable
{
    private const int MaxFiles = 14;

    private readonly ITextFormatter _formatter;
    private readonly LogFileNames _names;
    private readonly long _maxBytes;
    private SafeFileHandle? _file;
    private DateOnly _day;
    private int _sequence;
    private volatile bool _isStale;

    /// <param name="path">The path of the configuration.</param>
    /// <param name="formatter">Makes the line of a message.</param>
    /// <param name="maxBytes">The most bytes of a file before another one is begun.</param>
    public LogFileSink(string path, ITextFormatter formatter, long maxBytes)
    {
        _formatter = formatter;
        _names = new LogFileNames(path);
        _maxBytes = maxBytes;
    }

    /// <summary>Opens the file of a day, the folder made where it is missing.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be opened.</exception>
    public void Open(DateOnly day)
    {
        Close();
        Directory.CreateDirectory(_names.Folder);
        IReadOnlyList<(string Path, DateOnly Day, int Sequence)> present = _names.Find();
        _sequence = present.Where(file => file.Day == day).Select(file => file.Sequence).FirstOrDefault();
        _day = day;
        _file = RegularFile.OpenAppend(_names.Of(day, _sequence));
        foreach ((string path, _, _) in present.Where(file => (file.Day, file.Sequence).CompareTo((day, _sequence)) < 0).Skip(MaxFiles - 1)) Delete(path);
    }

    /// <summary>Opens the file by its name with the next message: a renamed or deleted file is not written to any more.</summary>
    public void Reopen() => _isStale = true;

    /// <inheritdoc/>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be opened.</exception>
    public void Emit(LogEvent logEvent)
    {
        using StringWriter text = new(CultureInfo.InvariantCulture);
        _formatter.Format(logEvent, text);
        Write(logEvent.Timestamp, Encoding.UTF8.GetBytes(text.ToString()));
    }

    /// <summary>Writes lines that are made already: all of them, or none.</summary>
    /// <param name="time">When the last of them came.</param>
    /// <param name="lines">The lines, each with its end.</param>
    /// <exception cref="IOException">They cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be opened.</exception>
    public void Write(DateTimeOffset time, ReadOnlySpan<byte> lines)
    {
        DateOnly day = DateOnly.FromDateTime(time.LocalDateTime);
        // A clock that went back does not bring back an old file.
        if (_isStale || _file is null || day > _day)
        {
            _isStale = false;
            Open(_file is not null && day < _day ? _day : day);
        }
        if (RandomAccess.GetLength(_file!) >= _maxBytes) OpenNext();
        Append(_file!, lines);
    }

    public void Dispose() => Close();

    private static void Append(SafeFileHandle file, ReadOnlySpan<byte> lines)
    {
        long end = RandomAccess.GetLength(file);
        try
        {
            RandomAccess.Write(file, lines, end);
        }
        catch (IOException)
        {
            if (RandomAccess.GetLength(file) > end) RandomAccess.SetLength(file, end);
            throw;
        }
    }

    private static void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It stays until the next file is begun.
        }
    }

    private void OpenNext()
    {
        Close();
        _file = RegularFile.OpenAppend(_names.Of(_day, ++_sequence));
        foreach ((string path, _, _) in _names.Find().Skip(MaxFiles)) Delete(path);
    }

    private void Close()
    {
        _file?.Dispose();
        _file = null;
    }
}
