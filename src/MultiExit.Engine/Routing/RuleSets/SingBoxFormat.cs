using System.Text;
using System.Text.Json;
using MultiExit.Engine.Sources;

namespace MultiExit.Engine.Routing.RuleSets;

/// <summary>The format <c>sing-box</c>: a rule set in the source format, with rules on domains, parts of names and networks. Read bit by bit.</summary>
internal sealed class SingBoxFormat
{
    private const int MaxToken = 64 * 1024;
    private readonly RuleSetBuilder _builder;
    private readonly byte[] _buffer = new byte[MaxToken];
    private int _length;
    private int _lines = 1; // of the token that is read
    private int _counted;
    private Part _part = Part.Start;
    private string _key = "";
    private bool _hasRules;

    private SingBoxFormat(RuleSetBuilder builder) => _builder = builder;

    private enum Part
    {
        Start,
        Root,
        Rules,
        Rule,
        Values,
        End,
    }

    public static void Read(Stream stream, RuleSetBuilder builder)
    {
        SingBoxFormat format = new(builder);
        try
        {
            format.Read(stream);
        }
        catch (JsonException exception)
        {
            throw new SourceFaultException((int)(exception.LineNumber ?? 0) + 1, "it is no JSON");
        }
        if (!format._hasRules) throw new SourceFaultException(1, "there are no `rules`, which a rule set of sing-box has");
    }

    private void Read(Stream stream)
    {
        JsonReaderState state = new(new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip });
        bool isFinal = false;
        while (!isFinal)
        {
            int read = stream.Read(_buffer, _length, _buffer.Length - _length);
            isFinal = read == 0;
            _length += read;
            Span<byte> block = _buffer.AsSpan(0, _length);
            Utf8JsonReader reader = new(block, isFinal, state);
            _counted = 0;
            while (reader.Read())
            {
                int at = (int)reader.TokenStartIndex;
                _lines += block[_counted..at].Count((byte)'\n');
                _counted = at;
                Take(ref reader);
            }
            state = reader.CurrentState;
            int consumed = (int)reader.BytesConsumed;
            _lines += block[_counted..consumed].Count((byte)'\n');
            if (consumed == 0 && _length == _buffer.Length) throw new SourceFaultException(_lines, $"it has a value of more than {MaxToken} bytes");
            block[consumed..].CopyTo(_buffer);
            _length -= consumed;
        }
    }

    private void Take(ref Utf8JsonReader reader)
    {
        switch (_part, reader.TokenType)
        {
            case (Part.Start, JsonTokenType.StartObject):
                _part = Part.Root;
                break;
            case (Part.Root, JsonTokenType.PropertyName):
                _key = reader.GetString()!;
                if (_key is not ("version" or "rules")) throw new SourceFaultException(_lines, "it has a key beside `version` and `rules`");
                break;
            case (Part.Root, JsonTokenType.Number) when _key == "version":
                break;
            case (Part.Root, JsonTokenType.StartArray) when _key == "rules":
                (_part, _hasRules) = (Part.Rules, true);
                break;
            case (Part.Root, JsonTokenType.EndObject):
                _part = Part.End;
                break;
            case (Part.Rules, JsonTokenType.StartObject):
                _part = Part.Rule;
                break;
            case (Part.Rules, JsonTokenType.EndArray):
                _part = Part.Root;
                break;
            case (Part.Rule, JsonTokenType.PropertyName):
                _key = reader.GetString()!;
                if (_key is not ("domain" or "domain_suffix" or "domain_keyword" or "ip_cidr" or "type" or "invert"))
                    throw RuleSetBuilder.Fault(_lines, Encoding.UTF8.GetBytes(_key), 
                        "is nothing a set can ask for; there are domain, domain_suffix, domain_keyword and ip_cidr");
                break;
            case (Part.Rule, JsonTokenType.False) when _key == "invert":
                break;
            case (Part.Rule, JsonTokenType.String) when _key == "type" && reader.ValueTextEquals("default"u8):
                break;
            case (Part.Rule or Part.Values, JsonTokenType.String) when _key is not ("type" or "invert"):
                Add(ref reader);
                break;
            case (Part.Rule, JsonTokenType.StartArray) when _key is not ("type" or "invert"):
                _part = Part.Values;
                break;
            case (Part.Values, JsonTokenType.EndArray):
                _part = Part.Rule;
                break;
            case (Part.Rule, JsonTokenType.EndObject):
                _part = Part.Rules;
                break;
            default:
                throw new SourceFaultException(_lines, "it is no rule set of sing-box with plain rules");
        }
    }

    private void Add(ref Utf8JsonReader reader)
    {
        ReadOnlySpan<byte> value = reader.ValueIsEscaped ? Encoding.UTF8.GetBytes(reader.GetString()!) : reader.ValueSpan;
        switch (_key)
        {
            case "domain":
                _builder.AddDomain(value, NameKinds.Itself, _lines);
                break;
            case "domain_suffix" when value.StartsWith((byte)'.'):
                _builder.AddDomain(value[1..], NameKinds.Beneath, _lines);
                break;
            case "domain_suffix":
                _builder.AddDomain(value, NameKinds.Itself | NameKinds.Beneath, _lines);
                break;
            case "domain_keyword":
                _builder.AddKeyword(value, _lines);
                break;
            default:
                _builder.AddNetwork(value, _lines);
                break;
        }
    }
}
