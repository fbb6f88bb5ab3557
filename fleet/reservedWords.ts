/**
 * Words that Redshift takes for no database's name, and so for no system's: those of
 * https://docs.aws.amazon.com/redshift/latest/dg/r_pg_keywords.html that a system could be called.
 */
export const reservedWords: ReadonlySet<string> = new Set(
  `aes128 aes256 all allowoverwrite analyse analyze and any array as asc authorization az64 backup between binary
  blanksasnull both bytedict bzip2 case cast check collate column connect constraint create credentials cross default
  deferrable deflate defrag delta delta32k desc disable distinct do else emptyasnull enable encode encrypt encryption
  end except explicit false for foreign freeze from full globaldict256 globaldict64k grant group gzip having identity
  ignore ilike in initially inner intersect interval into is isnull join leading left like limit localtime
  localtimestamp lun luns lzo lzop minus mostly16 mostly32 mostly8 natural new not notnull null nulls off offline
  offset oid old on only open or order outer overlaps parallel partition percent permissions pivot placing primary raw
  readratio recover references rejectlog resort respect restore right select similar snapshot some sysdate system
  table tag tdes text255 text32k then timestamp to top trailing true truncatecolumns union unique unnest unpivot user
  using verbose wallet when where with without`.split(/\s+/),
);
