;;! description = "SHA-256 of a message in each thread, with the examples of FIPS 180"
;;!
;;! # "abc", the message of 448 bits, that of 896 bits and none at all; each
;;! # as its address and its length.
;;! [[check]]
;;! launch = "digest"
;;! threads = [4]
;;! args = "(i32.const 0x400) (i32.const 4)"
;;! returns = ""
;;! write = [
;;!   { at = 0x400, i32 = [0x500, 3, 0x510, 56, 0x550, 112, 0x600, 0] },
;;!   { at = 0x500, text = "abc" },
;;!   { at = 0x510, text = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq" },
;;!   { at = 0x550, text = "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn" },
;;!   { at = 0x588, text = "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu" },
;;! ]
;;! memory = [
;;!   { at = 0x8000, bytes = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
;;!   { at = 0x8020, bytes = "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
;;!   { at = 0x8040, bytes = "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1" },
;;!   { at = 0x8060, bytes = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
;;! ]
;;!
;;! # 300 messages of four bytes, 0 to 299; the exclusive or of their digests.
;;! [[check]]
;;! call = "number"
;;! args = "(i32.const 300)"
;;! returns = ""
;;!
;;! [[check]]
;;! launch = "digest"
;;! blocks = [10]
;;! threads = [32]
;;! args = "(i32.const 0x2000) (i32.const 300)"
;;! returns = ""
;;! memory = [{ at = 0x8000, bytes = "df3f619804a92fdb4057192dc43dd748ea778adc52bc498ce80524c014b81119" }]
;;!
;;! [[check]]
;;! call = "mix"
;;! args = "(i32.const 300)"
;;! returns = ""
;;! memory = [{ at = 0x7000, bytes = "4af7ffde820750aa7ffbe57e0904a54ee014eca953e1586a36e888062b385985" }]

(module
  (import "gpu" "global_id_x" (func $id (result i32)))
  (memory (export "memory") 4)
  ;; The constants of the rounds, and at 0x100 what a state begins with.
  (data (i32.const 0)
    "\98\2f\8a\42\91\44\37\71\cf\fb\c0\b5\a5\db\b5\e9"
    "\5b\c2\56\39\f1\11\f1\59\a4\82\3f\92\d5\5e\1c\ab"
    "\98\aa\07\d8\01\5b\83\12\be\85\31\24\c3\7d\0c\55"
    "\74\5d\be\72\fe\b1\de\80\a7\06\dc\9b\74\f1\9b\c1"
    "\c1\69\9b\e4\86\47\be\ef\c6\9d\c1\0f\cc\a1\0c\24"
    "\6f\2c\e9\2d\aa\84\74\4a\dc\a9\b0\5c\da\88\f9\76"
    "\52\51\3e\98\6d\c6\31\a8\c8\27\03\b0\c7\7f\59\bf"
    "\f3\0b\e0\c6\47\91\a7\d5\51\63\ca\06\67\29\29\14"
    "\85\0a\b7\27\38\21\1b\2e\fc\6d\2c\4d\13\0d\38\53"
    "\54\73\0a\65\bb\0a\6a\76\2e\c9\c2\81\85\2c\72\92"
    "\a1\e8\bf\a2\4b\66\1a\a8\70\8b\4b\c2\a3\51\6c\c7"
    "\19\e8\92\d1\24\06\99\d6\85\35\0e\f4\70\a0\6a\10"
    "\16\c1\a4\19\08\6c\37\1e\4c\77\48\27\b5\bc\b0\34"
    "\b3\0c\1c\39\4a\aa\d8\4e\4f\ca\9c\5b\f3\6f\2e\68"
    "\ee\82\8f\74\6f\63\a5\78\14\78\c8\84\08\02\c7\8c"
    "\fa\ff\be\90\eb\6c\50\a4\f7\a3\f9\be\f2\78\71\c6")
  (data (i32.const 0x100)
    "\67\e6\09\6a\85\ae\67\bb\72\f3\6e\3c\3a\f5\4f\a5"
    "\7f\52\0e\51\8c\68\05\9b\ab\d9\83\1f\19\cd\e0\5b")

  ;; The four bytes there, the first of them the highest.
  (func $swap (param $word i32) (result i32)
    (i32.or
      (i32.rotl (i32.and (local.get $word) (i32.const 0x00ff00ff)) (i32.const 24))
      (i32.rotl (i32.and (local.get $word) (i32.const 0xff00ff00)) (i32.const 8))))

  ;; The byte at a place of the message as it is padded: the message, 0x80, zeros
  ;; and in the last eight bytes the number of bits.
  (func $byte (param $message i32) (param $length i32) (param $padded i32) (param $at i32)
    (result i32)
    (if (i32.lt_u (local.get $at) (local.get $length))
      (then
        (return (i32.load8_u (i32.add (local.get $message) (local.get $at))))))
    (if (i32.eq (local.get $at) (local.get $length)) (then (return (i32.const 0x80))))
    (local.set $at (i32.sub (local.get $padded) (local.get $at)))
    (if (i32.gt_u (local.get $at) (i32.const 4)) (then (return (i32.const 0))))
    (i32.and
      (i32.shr_u
        (i32.shl (local.get $length) (i32.const 3))
        (i32.shl (i32.sub (local.get $at) (i32.const 1)) (i32.const 3)))
      (i32.const 0xff)))

  ;; Digests at 0x8000; 256 bytes of each thread for a schedule from 0x10000 on.
  (func (export "digest") (param $messages i32) (param $n i32)
    (local $message i32) (local $length i32) (local $padded i32)
    (local $block i32) (local $w i32) (local $t i32) (local $word i32) (local $out i32)
    (local $a i32) (local $b i32) (local $c i32) (local $d i32)
    (local $e i32) (local $f i32) (local $g i32) (local $h i32) (local $t1 i32)
    (if (i32.ge_u (call $id) (local.get $n)) (then (return)))
    (local.set $messages
      (i32.add (local.get $messages) (i32.shl (call $id) (i32.const 3))))
    (local.set $message (i32.load (local.get $messages)))
    (local.set $length (i32.load offset=4 (local.get $messages)))
    (local.set $padded
      (i32.and (i32.add (local.get $length) (i32.const 72)) (i32.const -64)))
    (local.set $w (i32.add (i32.const 0x10000) (i32.shl (call $id) (i32.const 8))))
    (local.set $out (i32.add (i32.const 0x8000) (i32.shl (call $id) (i32.const 5))))
    (memory.copy (local.get $out) (i32.const 0x100) (i32.const 32))
    (loop $blocks
      (local.set $t (i32.const 0))
      (loop $bytes
        (i32.store8 (i32.add (local.get $w) (i32.xor (local.get $t) (i32.const 3)))
          (call $byte
            (local.get $message) (local.get $length) (local.get $padded)
            (i32.add (local.get $block) (local.get $t))))
        (local.set $t (i32.add (local.get $t) (i32.const 1)))
        (br_if $bytes (i32.lt_u (local.get $t) (i32.const 64))))
      (loop $schedule
        (local.set $word (i32.add (local.get $w) (local.get $t)))
        (local.set $a (i32.load (i32.sub (local.get $word) (i32.const 60))))
        (local.set $b (i32.load (i32.sub (local.get $word) (i32.const 8))))
        (i32.store (local.get $word)
          (i32.add
            (i32.add
              (i32.load (i32.sub (local.get $word) (i32.const 64)))
              (i32.load (i32.sub (local.get $word) (i32.const 28))))
            (i32.add
              (i32.xor
                (i32.xor
                  (i32.rotr (local.get $a) (i32.const 7))
                  (i32.rotr (local.get $a) (i32.const 18)))
                (i32.shr_u (local.get $a) (i32.const 3)))
              (i32.xor
                (i32.xor
                  (i32.rotr (local.get $b) (i32.const 17))
                  (i32.rotr (local.get $b) (i32.const 19)))
                (i32.shr_u (local.get $b) (i32.const 10))))))
        (local.set $t (i32.add (local.get $t) (i32.const 4)))
        (br_if $schedule (i32.lt_u (local.get $t) (i32.const 256))))
      (local.set $a (i32.load (local.get $out)))
      (local.set $b (i32.load offset=4 (local.get $out)))
      (local.set $c (i32.load offset=8 (local.get $out)))
      (local.set $d (i32.load offset=12 (local.get $out)))
      (local.set $e (i32.load offset=16 (local.get $out)))
      (local.set $f (i32.load offset=20 (local.get $out)))
      (local.set $g (i32.load offset=24 (local.get $out)))
      (local.set $h (i32.load offset=28 (local.get $out)))
      (local.set $t (i32.const 0))
      (loop $rounds
        (local.set $t1
          (i32.add
            (i32.add
              (i32.add
                (local.get $h)
                (i32.xor
                  (i32.xor
                    (i32.rotr (local.get $e) (i32.const 6))
                    (i32.rotr (local.get $e) (i32.const 11)))
                  (i32.rotr (local.get $e) (i32.const 25))))
              (i32.xor
                (i32.and (local.get $e) (local.get $f))
                (i32.and (i32.xor (local.get $e) (i32.const -1)) (local.get $g))))
            (i32.add
              (i32.load (local.get $t))
              (i32.load (i32.add (local.get $w) (local.get $t))))))
        (local.set $h (local.get $g))
        (local.set $g (local.get $f))
        (local.set $f (local.get $e))
        (local.set $e (i32.add (local.get $d) (local.get $t1)))
        (local.set $t1
          (i32.add (local.get $t1)
            (i32.add
              (i32.xor
                (i32.xor
                  (i32.rotr (local.get $a) (i32.const 2))
                  (i32.rotr (local.get $a) (i32.const 13)))
                (i32.rotr (local.get $a) (i32.const 22)))
              (i32.xor
                (i32.xor
                  (i32.and (local.get $a) (local.get $b))
                  (i32.and (local.get $a) (local.get $c)))
                (i32.and (local.get $b) (local.get $c))))))
        (local.set $d (local.get $c))
        (local.set $c (local.get $b))
        (local.set $b (local.get $a))
        (local.set $a (local.get $t1))
        (local.set $t (i32.add (local.get $t) (i32.const 4)))
        (br_if $rounds (i32.lt_u (local.get $t) (i32.const 256))))
      (call $more (local.get $out) (local.get $a))
      (call $more (i32.add (local.get $out) (i32.const 4)) (local.get $b))
      (call $more (i32.add (local.get $out) (i32.const 8)) (local.get $c))
      (call $more (i32.add (local.get $out) (i32.const 12)) (local.get $d))
      (call $more (i32.add (local.get $out) (i32.const 16)) (local.get $e))
      (call $more (i32.add (local.get $out) (i32.const 20)) (local.get $f))
      (call $more (i32.add (local.get $out) (i32.const 24)) (local.get $g))
      (call $more (i32.add (local.get $out) (i32.const 28)) (local.get $h))
      (local.set $block (i32.add (local.get $block) (i32.const 64)))
      (br_if $blocks (i32.lt_u (local.get $block) (local.get $padded))))
    (local.set $t (i32.const 0))
    (loop $swaps
      (local.set $word (i32.add (local.get $out) (local.get $t)))
      (i32.store (local.get $word) (call $swap (i32.load (local.get $word))))
      (local.set $t (i32.add (local.get $t) (i32.const 4)))
      (br_if $swaps (i32.lt_u (local.get $t) (i32.const 32)))))

  (func $more (param $at i32) (param $by i32)
    (i32.store (local.get $at) (i32.add (i32.load (local.get $at)) (local.get $by))))

  ;; Messages of four bytes from 0x3000 on, their places and lengths from 0x2000 on.
  (func (export "number") (param $n i32)
    (loop $next
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (i32.store offset=0x3000 (i32.shl (local.get $n) (i32.const 2)) (local.get $n))
      (i32.store offset=0x2000 (i32.shl (local.get $n) (i32.const 3))
        (i32.add (i32.const 0x3000) (i32.shl (local.get $n) (i32.const 2))))
      (i32.store offset=0x2004 (i32.shl (local.get $n) (i32.const 3)) (i32.const 4))
      (br_if $next (local.get $n))))

  ;; The exclusive or of all digests, at 0x7000.
  (func (export "mix") (param $n i32) (local $at i32)
    (local.set $at (i32.shl (local.get $n) (i32.const 5)))
    (loop $next
      (local.set $at (i32.sub (local.get $at) (i32.const 8)))
      (i64.store offset=0x7000 (i32.and (local.get $at) (i32.const 31))
        (i64.xor
          (i64.load offset=0x7000 (i32.and (local.get $at) (i32.const 31)))
          (i64.load offset=0x8000 (local.get $at))))
      (br_if $next (local.get $at)))))
