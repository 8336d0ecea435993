using MultiExit.Engine.Configuration.Settings;

namespace MultiExit.Engine.Sources;

/// <summary>What comes from a file or URL: its content is replaced as a whole while others look at it. Thread-safe.</summary>
/// <typeparam name="T">The content as it is used.</typeparam>
/// <param name="settings">Where it comes from.</param>
internal abstract class Sourced<T>(SourceConfig settings)
    where T : class
{
    private volatile SourceVersion<T>? _version;
    private volatile SourceFault? _fault;

    /// <summary>Where it comes from.</summary>
    public SourceConfig Settings { get; } = settings;

    /// <summary>Its name among those of its kind.</summary>
    public abstract string Name { get; }

    /// <summary>What it is, with its name: <c>the rule set partners</c>.</summary>
    public abstract string Title { get; }

    /// <summary>Where the document has it.</summary>
    public abstract string Place { get; }

    /// <summary>The folder beneath the state folder in which contents of its kind are kept.</summary>
    public abstract string Folder { get; }

    /// <summary>How its content is read; what is kept of another form is not taken.</summary>
    public abstract string Form { get; }

    /// <summary>The most bytes of a content.</summary>
    public abstract int MaxBytes { get; }

    /// <summary>The content in force; null: it was never had.</summary>
    public T? Content => _version?.Content;

    /// <summary>What is in force; null: it was never had.</summary>
    public SourceVersion<T>? Version => _version;

    /// <summary>Why the source cannot be had now; null: it can.</summary>
    public SourceFault? Fault => _fault;

    /// <summary>When the source was last found to say what is in force.</summary>
    public DateTimeOffset? Checked { get; private set; }

    /// <summary>Called with a content that is about to be in force, and with what puts it in force, where others have to follow it. Who follows calls that
    /// together with its own change, so that nobody sees one without the other; may refuse the content by a <see cref="SourceFaultException"/>.</summary>
    public Action<T, Action>? Following { get; set; }

    /// <summary>Reads all of a content. What is not valid to the end is refused as a whole.</summary>
    /// <exception cref="SourceFaultException">It is not valid; the message has the line and the reason.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public abstract T Read(Stream content);

    /// <summary>Puts a content in force.</summary>
    /// <param name="version">The content.</param>
    /// <param name="checkedAt">When it was read from its source; null: it was kept from earlier.</param>
    public void Use(SourceVersion<T> version, DateTimeOffset? checkedAt)
    {
        _version = version;
        if (checkedAt is not null) Found(checkedAt.Value);
    }

    /// <summary>The source says what is in force.</summary>
    public void Found(DateTimeOffset now)
    {
        _fault = null;
        Checked = now;
    }

    /// <summary>The source cannot be had.</summary>
    /// <returns>Whether it could be had until now.</returns>
    public bool Failed(string reason, DateTimeOffset now)
    {
        SourceFault? before = _fault;
        _fault = new SourceFault(before?.Since ?? now, reason);
        return before is null;
    }

    /// <summary>Takes over what another configuration of the same source had.</summary>
    public void TakeFrom(Sourced<T> other) => (_version, _fault, Checked) = (other._version, other._fault, other.Checked);
}
